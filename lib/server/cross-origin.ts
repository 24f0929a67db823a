/** Which other sites' pages may call the API (CORS_ORIGINS): answers their browsers' questions beforehand,
 *  and marks the answers. Cookies never count there: a page elsewhere needs a key. What a request may do,
 *  access.ts decides. */
import type { IncomingMessage, ServerResponse } from 'node:http'

const METHODS = 'GET, POST, PATCH, DELETE'
/** What a browser asks to send; the rest needs no asking. */
const HEADERS = 'Authorization, X-API-Key, Content-Type, Last-Event-ID'
/** What a page may read of an answer besides its body. */
const READABLE =
  'X-Request-Id, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, RateLimit-Policy, Retry-After, ' +
  'Content-Disposition'
const ASK_AGAIN_SECONDS = 600

/** True: it was a browser's question, and is answered. */
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
          'access-control-max-age': String(ASK_AGAIN_SECONDS),
        }
      : {},
  )
  response.end()
  return true
}
