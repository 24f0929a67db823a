import { authRoute } from '#lib/auth/route.ts'
import { checkedAuth } from '#lib/http/auth-requests.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, withProblems } from '#lib/http/serve.ts'

const route = authRoute(darkroom)

export const dynamic = 'force-dynamic'
export const GET = withProblems(checkedAuth(route.GET))
export const POST = withProblems(checkedAuth(route.POST))
export const { PUT, PATCH, DELETE } = refuseAllBut('GET', 'POST')
