import { createUser, listUsers } from '#lib/contracts/people.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listUsers, (input, context) => darkroom().auth.listUsers(input, context))
export const POST = serve(createUser, (input, context) => darkroom().auth.createUser(input, context))
export const { PUT, PATCH, DELETE } = refuseAllBut('GET', 'POST')
