import { modelUptime } from '#lib/contracts/models.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(modelUptime, (input, context) => darkroom().operations.modelUptime(input, context))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
