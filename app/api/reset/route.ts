import { resetPassword } from '#lib/contracts/account.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(resetPassword, (input, context) => darkroom().auth.resetPassword(input, context))
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
