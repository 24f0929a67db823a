import { resumeRun } from '#lib/contracts/retrain.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(resumeRun, (input, context) => darkroom().training.resumeRun(input, context))
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
