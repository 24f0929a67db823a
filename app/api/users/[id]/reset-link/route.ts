import { createResetLink } from '#lib/contracts/account.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(createResetLink, (input, context) =>
  darkroom().auth.createResetLink(input, context),
)
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
