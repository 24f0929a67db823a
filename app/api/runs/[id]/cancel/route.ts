import { cancelRun } from '#lib/contracts/retrain.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(cancelRun, (input, context) => darkroom().training.cancelRun(input, context))
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
