import { metricsByAccept } from '#lib/http/metrics.ts'
import { refuseAllBut, serveHandle } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serveHandle(metricsByAccept)
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
