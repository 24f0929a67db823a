import { compareSnapshots } from '#lib/contracts/snapshots.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(compareSnapshots, (input, context) =>
  darkroom().training.compareSnapshots(input, context),
)
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
