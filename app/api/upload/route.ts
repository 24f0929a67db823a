import { upload } from '#lib/contracts/uploads.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(upload, (input, context) => darkroom().ingest.upload(input, context))
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
