import { deletePredictions, listPredictions } from '#lib/contracts/predictions.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listPredictions, (input) => darkroom().queries.listPredictions(input))
export const DELETE = serve(deletePredictions, (input, context) =>
  darkroom().operations.deletePredictions(input, context),
)
export const { POST, PUT, PATCH } = refuseAllBut('GET', 'DELETE')
