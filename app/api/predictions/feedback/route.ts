import { giveFeedbackOnMany } from '#lib/contracts/predictions.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(giveFeedbackOnMany, (input, context) =>
  darkroom().serving.giveFeedbackOnMany(input, context),
)
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
