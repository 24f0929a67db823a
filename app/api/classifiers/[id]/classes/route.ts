import { addClass, changeClass, manageClasses, removeClass } from '#lib/contracts/classes.ts'
import { darkroom } from '#lib/http/context.ts'
import { refuseAllBut, serve } from '#lib/http/serve.ts'

export const dynamic = 'force-dynamic'
export const GET = serve(manageClasses, (input) => darkroom().queries.manageClasses(input))
export const POST = serve(addClass, (input, context) => darkroom().ingest.addClass(input, context))
export const PATCH = serve(changeClass, (input, context) => darkroom().ingest.changeClass(input, context))
export const DELETE = serve(removeClass, (input, context) => darkroom().ingest.removeClass(input, context))
export const { PUT } = refuseAllBut('GET', 'POST', 'PATCH', 'DELETE')
