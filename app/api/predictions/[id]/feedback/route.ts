import { giveFeedback } from '#lib/contracts/predictions.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(giveFeedback, (input, context) => darkroom().serving.giveFeedback(input, context))
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
