import { listLogs } from '#lib/contracts/logs.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listLogs, (input, asked) => darkroom().operations.listLogs(input, asked))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
