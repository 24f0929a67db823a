import { retrainStatus } from '#lib/contracts/retrain.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(retrainStatus, (input) => darkroom().queries.retrainStatus(input))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
