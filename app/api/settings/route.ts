import { changeSettings, listSettings } from '#lib/contracts/keeping.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listSettings, (input, asked) => darkroom().operations.listSettings(input, asked))
export const PATCH = serve(changeSettings, (input, asked) =>
  darkroom().operations.changeSettings(input, asked),
)
export const { POST, PUT, DELETE } = refuseAllBut('GET', 'PATCH')
