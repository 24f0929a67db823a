import { compareModels } from '#lib/contracts/models.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(compareModels, (input, context) => darkroom().training.compareModels(input, context))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
