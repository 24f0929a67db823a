import { listBackbones, uploadBackbone } from '#lib/contracts/backbones.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listBackbones, (input, context) => darkroom().training.listBackbones(input, context))
export const POST = serve(uploadBackbone, (input, context) =>
  darkroom().training.uploadBackbone(input, context),
)
export const { PUT, PATCH, DELETE } = refuseAllBut('GET', 'POST')
