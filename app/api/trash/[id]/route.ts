import { deleteTrash } from '#lib/contracts/sample-changes.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const DELETE = serve(deleteTrash, (input, context) =>
  darkroom().operations.deleteTrash(input, context),
)
export const { GET, POST, PUT, PATCH } = refuseAllBut('DELETE')
