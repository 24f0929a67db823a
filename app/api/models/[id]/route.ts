import { deleteModel, getModel } from '#lib/contracts/models.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(getModel, (input) => darkroom().queries.getModel(input))
export const DELETE = serve(deleteModel, (input, context) => darkroom().training.deleteModel(input, context))
export const { POST, PUT, PATCH } = refuseAllBut('GET', 'DELETE')
