import { changeSample, deleteSample } from '#lib/contracts/uploads.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const PATCH = serve(changeSample, (input, context) => darkroom().ingest.changeSample(input, context))
export const DELETE = serve(deleteSample, (input, context) => darkroom().ingest.deleteSample(input, context))
export const { GET, POST, PUT } = refuseAllBut('PATCH', 'DELETE')
