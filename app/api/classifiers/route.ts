import { createClassifier, listClassifiers } from '#lib/contracts/classifiers.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listClassifiers, (input) => darkroom().queries.listClassifiers(input))
export const POST = serve(createClassifier, (input, context) =>
  darkroom().ingest.createClassifier(input, context),
)
export const { PUT, PATCH, DELETE } = refuseAllBut('GET', 'POST')
