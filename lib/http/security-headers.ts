/** What every answer tells browsers about itself, whoever made it: the API, Next, a file, an error, a 304. Pages get a stricter policy of their own (proxy.ts). */
import { ServerResponse, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'

const ONE_YEAR_SECONDS = 31_536_000
const ALWAYS: readonly (readonly [name: string, value: string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['referrer-policy', 'same-origin'],
  ['permissions-policy', 'camera=(self), microphone=(), geolocation=()'],
  ['cross-origin-opener-policy', 'same-origin'],
]
/** Nothing of the API is a document. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'"

export const SECURITY_HEADERS: Readonly<Record<string, string>> = Object.fromEntries(ALWAYS)

export class GuardedResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  override writeHead(status: number, ...head: readonly unknown[]): this {
    for (const [name, value] of ALWAYS) if (!this.hasHeader(name)) this.setHeader(name, value)
    if (this.req.url?.startsWith('/api/') && !this.hasHeader('content-security-policy')) this.setHeader('content-security-policy', API_POLICY)
    // The server takes the header away where no proxy is trusted.
    if (this.req.headers['x-forwarded-proto'] === 'https') this.setHeader('strict-transport-security', `max-age=${ONE_YEAR_SECONDS}`)
    return super.writeHead(status, ...(head as [OutgoingHttpHeaders?])) // with a reason before the headers, or without, as Node's own signatures have it
  }
}
