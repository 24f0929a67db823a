import { listModels } from '#lib/contracts/models.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listModels, (input) => darkroom().queries.listModels(input))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
