import { revokeKey } from '#lib/contracts/people.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const DELETE = serve(revokeKey, (input, context) => darkroom().auth.revokeKey(input, context))
export const { GET, POST, PUT, PATCH } = refuseAllBut('DELETE')
