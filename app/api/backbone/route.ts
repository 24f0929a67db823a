import { cancelBackbone, fetchBackbone, getBackbone } from '#lib/contracts/backbone.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(getBackbone, (input, context) => darkroom().training.getBackbone(input, context))
export const POST = serve(fetchBackbone, (input, context) =>
  darkroom().training.fetchBackbone(input, context),
)
export const DELETE = serve(cancelBackbone, (input, context) =>
  darkroom().training.cancelBackbone(input, context),
)
export const { PUT, PATCH } = refuseAllBut('GET', 'POST', 'DELETE')
