import { changeClassifier, deleteClassifier, getClassifier } from '#lib/contracts/classifiers.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(getClassifier, (input, asked) => darkroom().data.getClassifier(input, asked))
export const PATCH = serve(changeClassifier, (input, asked) => darkroom().data.changeClassifier(input, asked))
export const DELETE = serve(deleteClassifier, (input, asked) =>
  darkroom().data.deleteClassifier(input, asked),
)
export const { POST, PUT } = refuseAllBut('GET', 'PATCH', 'DELETE')
