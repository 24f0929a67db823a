import { listTrash } from '#lib/contracts/sample-changes.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listTrash, (input) => darkroom().queries.listTrash(input))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
