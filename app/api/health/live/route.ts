import { healthLive } from '#lib/contracts/operations.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(healthLive, (input, context) => darkroom().operations.healthLive(input, context))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
