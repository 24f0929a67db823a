import { cancelRun } from '#lib/contracts/retrain.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(cancelRun, (input, asked) => darkroom().training.cancelRun(input, asked))
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
