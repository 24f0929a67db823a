import { changePassword } from '#lib/contracts/account.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(changePassword, (input, context) => darkroom().auth.changePassword(input, context))
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
