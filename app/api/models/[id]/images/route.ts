import { evaluatedImages } from '#lib/contracts/version-result.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(evaluatedImages, (input, context) =>
  darkroom().training.evaluatedImages(input, context),
)
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
