import { cancelImportJob } from '#lib/contracts/imports.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(cancelImportJob, (input, context) =>
  darkroom().training.cancelImportJob(input, context),
)
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
