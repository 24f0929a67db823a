import { upload } from '#lib/contracts/uploads.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(upload, (input, asked) => darkroom().ingest.upload(input, asked))
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
