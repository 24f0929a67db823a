import { phoneSession } from '#lib/contracts/phone-links.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(phoneSession, (_input, { caller }) =>
  darkroom().queries.phoneSession(`${caller.id}`),
)
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
