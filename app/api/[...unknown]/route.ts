import { refuseUnknown } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export {
  refuseUnknown as DELETE,
  refuseUnknown as GET,
  refuseUnknown as PATCH,
  refuseUnknown as POST,
  refuseUnknown as PUT,
}
