import { dataFeatures } from '#lib/contracts/features.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(dataFeatures, (input, asked) => darkroom().ingest.dataFeatures(input, asked))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
