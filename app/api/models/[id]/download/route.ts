import { downloadModel } from '#lib/contracts/models.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(downloadModel, (input, asked) => darkroom().training.downloadModel(input, asked))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
