import { changeAutoRetrain, getAutoRetrain } from '#lib/contracts/auto-retrain.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(getAutoRetrain, (input, context) =>
  darkroom().training.getAutoRetrain(input, context),
)
export const PATCH = serve(changeAutoRetrain, (input, context) =>
  darkroom().training.changeAutoRetrain(input, context),
)
export const { POST, PUT, DELETE } = refuseAllBut('GET', 'PATCH')
