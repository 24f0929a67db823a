import { createKey, listKeys } from '#lib/contracts/people.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listKeys, (input, context) => darkroom().auth.listKeys(input, context))
export const POST = serve(createKey, (input, context) => darkroom().auth.createKey(input, context))
export const { PUT, PATCH, DELETE } = refuseAllBut('GET', 'POST')
