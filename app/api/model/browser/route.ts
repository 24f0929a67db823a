import { describeBrowserModel } from '#lib/contracts/browser.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(describeBrowserModel, (input, context) =>
  darkroom().training.describeBrowserModel(input, context),
)
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
