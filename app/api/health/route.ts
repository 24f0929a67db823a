import { health } from '#lib/contracts/operations.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(health, (input, context) => darkroom().operations.health(input, context))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
