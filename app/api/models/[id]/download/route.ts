import { downloadModel } from '#lib/contracts/models.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(downloadModel, (input, context) => darkroom().training.downloadModel(input, context))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
