import { evaluateModel } from '#lib/contracts/models.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(evaluateModel, (input, context) =>
  darkroom().training.evaluateModel(input, context),
)
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
