import { createPhoneLink, listPhoneLinks } from '#lib/contracts/phone-links.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listPhoneLinks, (input) => darkroom().queries.listPhoneLinks(input))
export const POST = serve(createPhoneLink, (input, context) =>
  darkroom().auth.createPhoneLink(input, context),
)
export const { PUT, PATCH, DELETE } = refuseAllBut('GET', 'POST')
