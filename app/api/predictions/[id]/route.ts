import { deletePrediction, getPrediction } from '#lib/contracts/predictions.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(getPrediction, (input, context) => darkroom().data.getPrediction(input, context))
export const DELETE = serve(deletePrediction, (input, context) =>
  darkroom().data.deletePrediction(input, context),
)
export const { POST, PUT, PATCH } = refuseAllBut('GET', 'DELETE')
