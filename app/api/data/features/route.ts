import { dataFeatures } from '#lib/contracts/features.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(dataFeatures, (input, context) => darkroom().ingest.dataFeatures(input, context))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
