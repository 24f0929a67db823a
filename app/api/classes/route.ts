import { listClasses } from '#lib/contracts/classifiers.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(listClasses, (input) => darkroom().queries.listClasses(input))
export const { POST, PUT, PATCH, DELETE } = refuseAllBut('GET')
