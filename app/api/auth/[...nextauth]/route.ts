import { authRoute } from '#lib/auth/route.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, withProblems } from '#lib/http/serve.ts'

const route = authRoute(darkroom)

export const dynamic = 'force-dynamic'
export const GET = withProblems(route.GET)
export const POST = withProblems(route.POST)
export const { PUT, PATCH, DELETE } = refuseAllBut('GET', 'POST')
