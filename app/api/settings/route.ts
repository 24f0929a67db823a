import { changeSettings, listSettings } from '#lib/contracts/settings-api.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listSettings, (input, context) => darkroom().operations.listSettings(input, context))
export const PATCH = serve(changeSettings, (input, context) =>
  darkroom().operations.changeSettings(input, context),
)
export const { POST, PUT, DELETE } = refuseAllBut('GET', 'PATCH')
