import { createClassifier, listClassifiers } from '#lib/contracts/classifiers.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listClassifiers, (input, asked) => darkroom().data.listClassifiers(input, asked))
export const POST = serve(createClassifier, (input, asked) => darkroom().data.createClassifier(input, asked))
export const { PUT, PATCH, DELETE } = refuseAllBut('GET', 'POST')
