import { createUser, listUsers } from '#lib/contracts/people.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listUsers, (input, asked) => darkroom().auth.listUsers(input, asked))
export const POST = serve(createUser, (input, asked) => darkroom().auth.createUser(input, asked))
export const { PUT, PATCH, DELETE } = refuseAllBut('GET', 'POST')
