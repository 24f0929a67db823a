import { cancelPredictionJob } from '#lib/contracts/prediction-jobs.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(cancelPredictionJob, (input, context) =>
  darkroom().serving.cancelPredictionJob(input, context),
)
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
