import { endPhoneLink } from '#lib/contracts/phone-links.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const DELETE = serve(endPhoneLink, (input, context) => darkroom().auth.endPhoneLink(input, context))
export const { GET, POST, PUT, PATCH } = refuseAllBut('DELETE')
