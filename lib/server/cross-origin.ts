/**
 * Which other sites' pages may call the API (CORS_ORIGINS): answers preflight requests and adds the CORS
 * headers to responses. Cookies are never accepted from there: such a page needs a key. access.ts decides
 * what a request may do.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'

const METHODS = 'GET, POST, PATCH, DELETE'
/** Headers that need a preflight; browsers send the others without asking. */
const HEADERS = 'Authorization, X-API-Key, Content-Type, Last-Event-ID'
/** Response headers that a page may read. */
const READABLE =
  'X-Request-Id, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, RateLimit-Policy, Retry-After, ' +
  'Content-Disposition'
const PREFLIGHT_MAX_AGE_SECONDS = 600

/** True when it was a preflight request; it has been answered. */
export function admitOrigin(
  message: IncomingMessage,
  response: ServerResponse,
  allowed: readonly string[],
): boolean {
  const origin = message.headers.origin
  if (allowed.length === 0 || origin === undefined) return false
  response.setHeader('vary', 'Origin')
  const isAllowed = allowed.includes('*') || allowed.includes(origin)
  if (isAllowed) {
    response.setHeader('access-control-allow-origin', allowed.includes('*') ? '*' : origin)
    response.setHeader('access-control-expose-headers', READABLE)
  }
  if (message.method !== 'OPTIONS' || message.headers['access-control-request-method'] === undefined)
    return false
  response.writeHead(
    204,
    isAllowed
      ? {
          'access-control-allow-methods': METHODS,
          'access-control-allow-headers': HEADERS,
          'access-control-max-age': String(PREFLIGHT_MAX_AGE_SECONDS),
        }
      : {},
  )
  response.end()
  return true
}
