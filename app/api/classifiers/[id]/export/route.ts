import { exportClassifier } from '#lib/contracts/classifier-archive.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(exportClassifier, (input, context) =>
  darkroom().training.exportClassifier(input, context),
)
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
