import { getUpload, undoUpload } from '#lib/contracts/uploads.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(getUpload, (input) => darkroom().queries.getUpload(input))
export const DELETE = serve(undoUpload, (input, context) => darkroom().ingest.undoUpload(input, context))
export const { POST, PUT, PATCH } = refuseAllBut('GET', 'DELETE')
