import { addPhoneImages } from '#lib/contracts/phone-links.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const POST = serve(addPhoneImages, (input, context) =>
  darkroom().ingest.addPhoneImages(input, context),
)
export const { GET, PUT, PATCH, DELETE } = refuseAllBut('POST')
