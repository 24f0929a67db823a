import { getLearningCurve } from '#lib/contracts/learning-curve.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(getLearningCurve, (input) => darkroom().queries.learningCurve(input))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
