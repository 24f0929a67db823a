import { listLogs } from '#lib/contracts/logs.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listLogs, (input, context) => darkroom().operations.listLogs(input, context))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
