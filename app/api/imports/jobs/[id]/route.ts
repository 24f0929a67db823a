import { getImportJob } from '#lib/contracts/imports.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(getImportJob, (input, context) => darkroom().training.getImportJob(input, context))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
