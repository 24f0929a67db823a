import { modelChanges } from '#lib/contracts/prediction-changes.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(modelChanges, (input, context) => darkroom().training.modelChanges(input, context))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
