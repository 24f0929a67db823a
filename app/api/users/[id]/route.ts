import { changeUser, deleteUser } from '#lib/contracts/people.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const PATCH = serve(changeUser, (input, asked) => darkroom().auth.changeUser(input, asked))
export const DELETE = serve(deleteUser, (input, asked) => darkroom().auth.deleteUser(input, asked))
export const { GET, POST, PUT } = refuseAllBut('PATCH', 'DELETE')
