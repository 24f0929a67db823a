import { deletePredictionJob, getPredictionJob } from '#lib/contracts/prediction-jobs.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(getPredictionJob, (input, context) =>
  darkroom().queries.getPredictionJob(input, context),
)
export const DELETE = serve(deletePredictionJob, (input, context) =>
  darkroom().serving.deletePredictionJob(input, context),
)
export const { POST, PUT, PATCH } = refuseAllBut('GET', 'DELETE')
