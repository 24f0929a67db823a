import { changeSample, deleteSample } from '#lib/contracts/uploads.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const PATCH = serve(changeSample, (input, asked) => darkroom().data.changeSample(input, asked))
export const DELETE = serve(deleteSample, (input, asked) => darkroom().data.deleteSample(input, asked))
export const { GET, POST, PUT } = refuseAllBut('PATCH', 'DELETE')
