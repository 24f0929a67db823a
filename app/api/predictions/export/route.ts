import { exportPredictions } from '#lib/contracts/predictions-export.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(exportPredictions, (input) => darkroom().queries.exportPredictions(input))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
