import { endSessions } from '#lib/contracts/account.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const DELETE = serve(endSessions, (input, context) => darkroom().auth.endSessions(input, context))
export const { GET, POST, PUT, PATCH } = refuseAllBut('DELETE')
