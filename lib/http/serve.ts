/**
 * What a route file exports: a contract with its use case as Next calls it, and a refusal for unsupported
 * methods. lib/http/handler does everything in between.
 */
import type { Contract } from '#lib/contracts/contract.ts'
import type { UseCase } from './context.ts'
import { respondWith, handlerOf } from './handler.ts'
import type { Handle } from './handler.ts'
import { fromRequest } from './incoming.ts'
import { methodNotSupported, noRoute } from './no-route.ts'
import { jsonAnswer, toResponse } from './outgoing.ts'

export type RouteHandler = (request: Request) => Promise<Response>

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
type AnyMethod = (typeof METHODS)[number]

export function serve<C extends Contract>(contract: C, useCase: UseCase<C>): RouteHandler {
  return asRoute(handlerOf(contract, useCase))
}

/** A route whose response is not only its contract's. */
export const serveHandle = (handle: Handle): RouteHandler => asRoute(handle)

/** A route without a contract of its own, such as the API description. */
export function serveAnswer(answer: Parameters<typeof respondWith>[0]): RouteHandler {
  return asRoute(respondWith(answer))
}

/**
 * 405 for each method, naming the supported ones: `export const { PUT, PATCH, DELETE } =
 * refuseAllBut('GET', 'POST')`.
 */
export function refuseAllBut(...allowed: readonly AnyMethod[]): Readonly<Record<AnyMethod, RouteHandler>> {
  const allow = allowed.join(', ')
  const refuse = asRoute(
    respondWith(async ({ method, path }) => {
      throw methodNotSupported(path, method, allow)
    }),
  )
  return { GET: refuse, POST: refuse, PUT: refuse, PATCH: refuse, DELETE: refuse }
}

/** 404 for unknown addresses under /api. */
export const refuseUnknown: RouteHandler = asRoute(
  respondWith(async ({ path }) => {
    throw noRoute(path)
  }),
)

/** A route that another library serves: an error it throws becomes a problem document. */
export function withProblems<R extends Request, C>(
  route: (request: R, context: C) => Promise<Response>,
): (request: R, context: C) => Promise<Response> {
  return async (request, context) => {
    let answered: Response | undefined
    const problem = await respondWith(async () => {
      answered = await route(request, context)
      return jsonAnswer(200, null)
    })(fromRequest(request))
    return answered ?? toResponse(problem)
  }
}

function asRoute(handle: Handle): RouteHandler {
  return async (request) => toResponse(await handle(fromRequest(request)))
}
