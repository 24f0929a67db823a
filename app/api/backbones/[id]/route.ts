import { removeBackbone } from '#lib/contracts/backbones.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const DELETE = serve(removeBackbone, (input, context) =>
  darkroom().training.removeBackbone(input, context),
)
export const { GET, POST, PUT, PATCH } = refuseAllBut('DELETE')
