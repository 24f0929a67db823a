import { predictOne } from '#lib/contracts/predict.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(predictOne, (input, context) => darkroom().serving.predict(input, context))
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
