import { changeClassifier, deleteClassifier, getClassifier } from '#lib/contracts/classifiers.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(getClassifier, (input) => darkroom().queries.getClassifier(input))
export const PATCH = serve(changeClassifier, (input, context) =>
  darkroom().ingest.changeClassifier(input, context),
)
export const DELETE = serve(deleteClassifier, (input, context) =>
  darkroom().ingest.deleteClassifier(input, context),
)
export const { POST, PUT } = refuseAllBut('GET', 'PATCH', 'DELETE')
