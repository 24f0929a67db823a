import { getUpload, undoUpload } from '#lib/contracts/uploads.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(getUpload, (input, asked) => darkroom().data.getUpload(input, asked))
export const DELETE = serve(undoUpload, (input, asked) => darkroom().ingest.undoUpload(input, asked))
export const { POST, PUT, PATCH } = refuseAllBut('GET', 'DELETE')
