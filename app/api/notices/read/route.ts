import { readNotices } from '#lib/contracts/notices.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(readNotices, (input, context) => darkroom().auth.readNotices(input, context))
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
