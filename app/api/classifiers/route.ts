import { createClassifier, listClassifiers } from '#lib/contracts/classifiers.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listClassifiers, (input, context) => darkroom().data.listClassifiers(input, context))
export const POST = serve(createClassifier, (input, context) =>
  darkroom().data.createClassifier(input, context),
)
export const { PUT, PATCH, DELETE } = refuseAllBut('GET', 'POST')
