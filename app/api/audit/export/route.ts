import { exportAudit } from '#lib/contracts/audit.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(exportAudit, (input, context) => darkroom().operations.exportAudit(input, context))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
