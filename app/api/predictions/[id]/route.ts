import { deletePrediction, getPrediction } from '#lib/contracts/predictions.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(getPrediction, (input) => darkroom().queries.getPrediction(input))
export const DELETE = serve(deletePrediction, (input, context) =>
  darkroom().operations.deletePrediction(input, context),
)
export const { POST, PUT, PATCH } = refuseAllBut('GET', 'DELETE')
