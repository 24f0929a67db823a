import { firstAdmin } from '#lib/contracts/operations.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(firstAdmin, (input, context) => darkroom().auth.firstAdmin(input, context))
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
