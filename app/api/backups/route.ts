import { createBackup, listBackups } from '#lib/contracts/backups.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listBackups, (input, asked) => darkroom().operations.listBackups(input, asked))
export const POST = serve(createBackup, (input, asked) => darkroom().operations.createBackup(input, asked))
export const { PUT, PATCH, DELETE } = refuseAllBut('GET', 'POST')
