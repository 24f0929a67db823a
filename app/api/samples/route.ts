import { changeSamples } from '#lib/contracts/sample-changes.ts'
import { listSamples } from '#lib/contracts/uploads.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listSamples, (input) => darkroom().queries.listSamples(input))
export const PATCH = serve(changeSamples, (input, context) => darkroom().ingest.changeSamples(input, context))
export const { POST, PUT, DELETE } = refuseAllBut('GET', 'PATCH')
