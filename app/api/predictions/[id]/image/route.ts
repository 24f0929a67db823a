import { predictionImage } from '#lib/contracts/predictions.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(predictionImage, (input, context) => darkroom().data.predictionImage(input, context))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
