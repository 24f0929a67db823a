import { undoChange } from '#lib/contracts/undoing.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(undoChange, (input, asked) => darkroom().data.undoChange(input, asked))
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
