import { sampleImage } from '#lib/contracts/uploads.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(sampleImage, (input) => darkroom().queries.sampleImage(input))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
