import { rollback } from '#lib/contracts/models.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(rollback, (input, context) => darkroom().training.rollback(input, context))
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
