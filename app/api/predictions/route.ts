import { deletePredictions, listPredictions } from '#lib/contracts/predictions.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listPredictions, (input, asked) => darkroom().data.listPredictions(input, asked))
export const DELETE = serve(deletePredictions, (input, asked) =>
  darkroom().data.deletePredictions(input, asked),
)
export const { POST, PUT, PATCH } = refuseAllBut('GET', 'DELETE')
