import { importClassifier } from '#lib/contracts/classifier-archive.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(importClassifier, (input, context) =>
  darkroom().training.importClassifier(input, context),
)
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
