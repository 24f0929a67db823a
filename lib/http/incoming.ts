/**
 * A request as the handlers see it, independent of the server: Next with a web `Request`, or the fast path
 * with Node's own message. It does not read the body; lib/http/body does.
 */
import type { IncomingMessage } from 'node:http'

export type IncomingRequest = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  /** The address of the peer, or the one that a trusted proxy forwards. */
  readonly address: string
  readonly header: (name: string) => string | null
  /** All headers, to identify the caller; built on first use. */
  readonly headers: () => Headers
  /** Null for a request without a body. */
  readonly body: AsyncIterable<Uint8Array> | null
  /** Fires when the client disconnects. */
  readonly signal: AbortSignal
}

export function fromRequest(request: Request): IncomingRequest {
  const url = new URL(request.url)
  return {
    method: request.method,
    path: url.pathname,
    query: url.searchParams,
    // Next sets the header to the peer's address.
    address: forwardedAddress(request.headers.get('x-forwarded-for')) ?? 'unknown',
    header: (name) => request.headers.get(name),
    headers: () => request.headers,
    body: request.body && unbroken(request.body),
    signal: request.signal,
  }
}

/**
 * A handler that stops reading must not close the connection: the response that explains why still has to
 * be sent.
 */
const unbroken = (body: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> => ({
  [Symbol.asyncIterator]: () => body.values({ preventCancel: true }),
})

const NO_QUERY = new URLSearchParams()

/** `gone` is fired by the caller, which watches the connection. */
export function fromNode(message: IncomingMessage, gone: AbortSignal): IncomingRequest {
  const target = message.url ?? '/'
  const mark = target.indexOf('?')
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? NO_QUERY : new URLSearchParams(target.slice(mark + 1)),
    address:
      forwardedAddress(one(message.headers['x-forwarded-for'])) ?? message.socket.remoteAddress ?? 'unknown',
    header: (name) => one(message.headers[name]),
    headers: () => headersOf(message),
    body: hasBody(message)
      ? { [Symbol.asyncIterator]: () => message.iterator({ destroyOnReturn: false }) }
      : null,
    signal: gone,
  }
}

/**
 * Each proxy appends the address of its client: our own proxy wrote the last one, and the client can forge
 * those before. The server removes the header where no proxy is trusted.
 */
const forwardedAddress = (forwarded: string | null): string | undefined =>
  forwarded?.split(',').at(-1)?.trim() || undefined

const one = (value: string | string[] | undefined): string | null =>
  Array.isArray(value) ? value.join(', ') : (value ?? null)

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

function headersOf(message: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(message.headers)) {
    const text = one(value)
    if (text !== null) headers.set(name, text)
  }
  return headers
}
