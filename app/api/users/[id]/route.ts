import { changeUser, deleteUser } from '#lib/contracts/people.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const PATCH = serve(changeUser, (input, context) => darkroom().auth.changeUser(input, context))
export const DELETE = serve(deleteUser, (input, context) => darkroom().auth.deleteUser(input, context))
export const { GET, POST, PUT } = refuseAllBut('PATCH', 'DELETE')
