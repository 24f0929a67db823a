import { createKey, listKeys } from '#lib/contracts/people.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listKeys, (input, asked) => darkroom().auth.listKeys(input, asked))
export const POST = serve(createKey, (input, asked) => darkroom().auth.createKey(input, asked))
export const { PUT, PATCH, DELETE } = refuseAllBut('GET', 'POST')
