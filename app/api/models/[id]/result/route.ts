import { modelResult } from '#lib/contracts/version-result.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(modelResult, (input, context) => darkroom().training.modelResult(input, context))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
