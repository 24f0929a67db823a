import { cancelFindings, checkFindings, dismissFindings, listFindings } from '#lib/contracts/findings.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listFindings, (input) => darkroom().queries.listFindings(input))
export const POST = serve(checkFindings, (input, context) => darkroom().ingest.checkFindings(input, context))
export const PATCH = serve(dismissFindings, (input, context) =>
  darkroom().ingest.dismissFindings(input, context),
)
export const DELETE = serve(cancelFindings, (input, context) =>
  darkroom().ingest.cancelFindings(input, context),
)
export const { PUT } = refuseAllBut('GET', 'POST', 'PATCH', 'DELETE')
