import { predictionJobEvents } from '#lib/contracts/prediction-jobs.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(predictionJobEvents, (input, context) =>
  darkroom().queries.predictionJobEvents(input, context),
)
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
