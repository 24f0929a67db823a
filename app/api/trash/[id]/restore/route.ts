import { restoreTrash } from '#lib/contracts/sample-changes.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(restoreTrash, (input, context) => darkroom().ingest.restoreTrash(input, context))
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
