import { healthReady } from '#lib/contracts/operations.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(healthReady, (input, context) => darkroom().operations.healthReady(input, context))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
