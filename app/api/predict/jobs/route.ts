import { createPredictionJob, listPredictionJobs } from '#lib/contracts/prediction-jobs.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listPredictionJobs, (input, context) =>
  darkroom().queries.listPredictionJobs(input, context),
)
export const POST = serve(createPredictionJob, (input, context) =>
  darkroom().serving.createPredictionJob(input, context),
)
export const { PUT, PATCH, DELETE } = refuseAllBut('GET', 'POST')
