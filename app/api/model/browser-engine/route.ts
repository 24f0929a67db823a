import { browserEngineFile } from '#lib/contracts/browser.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(browserEngineFile, (input, context) =>
  darkroom().training.browserEngineFile(input, context),
)
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
