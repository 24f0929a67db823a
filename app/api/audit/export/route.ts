import { exportAudit } from '#lib/contracts/audit.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(exportAudit, (input, asked) => darkroom().operations.exportAudit(input, asked))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
