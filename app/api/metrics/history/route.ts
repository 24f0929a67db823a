import { metricsHistory } from '#lib/contracts/operations.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(metricsHistory, (input, context) =>
  darkroom().operations.metricsHistory(input, context),
)
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
