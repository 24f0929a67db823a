import { deleteModel, getModel } from '#lib/contracts/models.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(getModel, (input, asked) => darkroom().data.getModel(input, asked))
export const DELETE = serve(deleteModel, (input, asked) => darkroom().training.deleteModel(input, asked))
export const { POST, PUT, PATCH } = refuseAllBut('GET', 'DELETE')
