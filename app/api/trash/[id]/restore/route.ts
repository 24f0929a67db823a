import { restoreTrash } from '#lib/contracts/undoing.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(restoreTrash, (input, asked) => darkroom().data.restoreTrash(input, asked))
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
