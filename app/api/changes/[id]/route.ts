import { getChange } from '#lib/contracts/sample-changes.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(getChange, (input) => darkroom().queries.getChange(input))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
