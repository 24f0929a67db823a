import { authRoute } from '#lib/auth/route.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST } = authRoute(darkroom)
export const { PUT, PATCH, DELETE } = refuseAllBut('GET', 'POST')
