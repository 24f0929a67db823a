import { getAccount } from '#lib/contracts/account.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(getAccount, (input, context) => darkroom().auth.getAccount(input, context))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
