import { addBackbone, discardBackbone } from '#lib/contracts/backbones.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(addBackbone, (input, context) => darkroom().training.addBackbone(input, context))
export const DELETE = serve(discardBackbone, (input, context) =>
  darkroom().training.discardBackbone(input, context),
)
export const { GET, PUT, PATCH } = refuseAllBut('POST', 'DELETE')
