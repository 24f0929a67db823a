import { downloadBackbone } from '#lib/contracts/backbones.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(downloadBackbone, (input, context) =>
  darkroom().training.downloadBackbone(input, context),
)
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
