/** What happens before every page: a policy that lets only our own scripts run, each with the number of this
 *  one answer (CSP nonce). The API is not in its matcher: its answers are no documents, and the way through
 *  here costs half of Next's requests per second. */
import { NextResponse, type NextRequest } from 'next/server'

const IS_DEVELOPMENT = process.env.NODE_ENV === 'development'

export function proxy(request: NextRequest): NextResponse {
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
  const policy = policyWith(nonce)
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  headers.set('content-security-policy', policy) // Next reads the number here and writes it into its scripts
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  return response
}

/** `wasm-unsafe-eval`: predictions in the browser compile WebAssembly, which is no script.
 *  `style-src-attr`: bars and charts set their lengths in style attributes, which carry no number.
 *  Development reloads code by `eval` and writes styles itself. */
const policyWith = (nonce: string): string =>
  [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic' 'wasm-unsafe-eval'${IS_DEVELOPMENT ? " 'unsafe-eval'" : ''}`,
    `style-src 'self' ${IS_DEVELOPMENT ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')

/** Pages alone: neither the API nor files, whose names have a dot. What is fetched ahead is no document of
 *  its own. */
export const config = {
  matcher: [
    {
      source: '/((?!api(?:/|$)|_next/|.*\\.).*)',
      missing: [
        { type: 'header', key: 'next-router-prefetch' },
        { type: 'header', key: 'purpose', value: 'prefetch' },
      ],
    },
  ],
}
