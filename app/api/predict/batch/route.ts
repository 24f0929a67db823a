import { predictBatch } from '#lib/contracts/predict.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(predictBatch, (input, context) => darkroom().serving.predictBatch(input, context))
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
