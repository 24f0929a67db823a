import { endSessions } from '#lib/contracts/account.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const DELETE = serve(endSessions, (input, asked) => darkroom().auth.endSessions(input, asked))
export const { GET, POST, PUT, PATCH } = refuseAllBut('DELETE')
