import { createImportJob, listImportJobs } from '#lib/contracts/imports.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listImportJobs, (input, context) =>
  darkroom().training.listImportJobs(input, context),
)
export const POST = serve(createImportJob, (input, context) =>
  darkroom().training.createImportJob(input, context),
)
export const { PUT, PATCH, DELETE } = refuseAllBut('GET', 'POST')
