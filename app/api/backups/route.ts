import { cancelBackup, createBackup, listBackups } from '#lib/contracts/backups.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listBackups, (input, context) => darkroom().operations.listBackups(input, context))
export const POST = serve(createBackup, (input, context) =>
  darkroom().operations.createBackup(input, context),
)
export const DELETE = serve(cancelBackup, (input, context) =>
  darkroom().operations.cancelBackup(input, context),
)
export const { PUT, PATCH } = refuseAllBut('GET', 'POST', 'DELETE')
