import { listNotices } from '#lib/contracts/notices.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listNotices, (input, context) => darkroom().queries.listNotices(input, context))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
