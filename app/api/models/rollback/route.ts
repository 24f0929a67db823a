import { rollback } from '#lib/contracts/models.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(rollback, (input, asked) => darkroom().training.rollback(input, asked))
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
