import { predictionJobResults } from '#lib/contracts/prediction-jobs.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(predictionJobResults, (input, context) =>
  darkroom().queries.predictionJobResults(input, context),
)
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
