import { createSnapshot, listSnapshots } from '#lib/contracts/snapshots.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listSnapshots, (input) => darkroom().queries.listSnapshots(input))
export const POST = serve(createSnapshot, (input, context) =>
  darkroom().training.createSnapshot(input, context),
)
export const { PUT, PATCH, DELETE } = refuseAllBut('GET', 'POST')
