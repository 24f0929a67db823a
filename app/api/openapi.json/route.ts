import { openapi } from '#lib/http/openapi.ts'
import { jsonAnswer } from '#lib/http/outgoing.ts'
import { refuseAllBut, serveAnswer } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serveAnswer(async () => jsonAnswer(200, openapi()))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
