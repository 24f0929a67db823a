import { getImageMap } from '#lib/contracts/image-map.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(getImageMap, (input) => darkroom().queries.imageMap(input))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
