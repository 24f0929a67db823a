import { metrics } from '#lib/contracts/operations.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(metrics, (input, asked) => darkroom().operations.metrics(input, asked))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
