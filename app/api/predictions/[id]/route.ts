import { deletePrediction, getPrediction } from '#lib/contracts/predictions.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(getPrediction, (input, asked) => darkroom().data.getPrediction(input, asked))
export const DELETE = serve(deletePrediction, (input, asked) =>
  darkroom().data.deletePrediction(input, asked),
)
export const { POST, PUT, PATCH } = refuseAllBut('GET', 'DELETE')
