/** A request as the handlers see it, whoever received it: Next with a web `Request`, or the door with Node's
 *  own message. It reads nothing by itself; lib/http/body does. */
import type { IncomingMessage } from 'node:http'

export type IncomingRequest = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  /** Who is at the other end of the connection, or what a trusted proxy says of that. */
  readonly address: string
  readonly header: (name: string) => string | null
  /** All headers, for who asks; made only when somebody needs them. */
  readonly headers: () => Headers
  /** Null where nothing was sent. */
  readonly body: AsyncIterable<Uint8Array> | null
  /** Fires when the other side has gone. */
  readonly signal: AbortSignal
}

export function fromRequest(request: Request): IncomingRequest {
  const url = new URL(request.url)
  return {
    method: request.method,
    path: url.pathname,
    query: url.searchParams,
    address: saidByProxy(request.headers.get('x-forwarded-for')) ?? 'unknown', // Next writes the peer's there
    header: (name) => request.headers.get(name),
    headers: () => request.headers,
    body: request.body && unbroken(request.body),
    signal: request.signal,
  }
}

/** Who stops reading must not end the connection: the answer that says why still has to go out. */
const unbroken = (body: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> => ({
  [Symbol.asyncIterator]: () => body.values({ preventCancel: true }),
})

const NO_QUERY = new URLSearchParams()

/** `gone` is fired by the caller, who watches the connection. */
export function fromNode(message: IncomingMessage, gone: AbortSignal): IncomingRequest {
  const target = message.url ?? '/'
  const mark = target.indexOf('?')
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? NO_QUERY : new URLSearchParams(target.slice(mark + 1)),
    address:
      saidByProxy(one(message.headers['x-forwarded-for'])) ?? message.socket.remoteAddress ?? 'unknown',
    header: (name) => one(message.headers[name]),
    headers: () => headersOf(message),
    body: hasBody(message)
      ? { [Symbol.asyncIterator]: () => message.iterator({ destroyOnReturn: false }) }
      : null,
    signal: gone,
  }
}

/** Each proxy appends who asked it: the last is our own proxy's word, those before are a stranger's. The
 *  server takes the header away where no proxy is trusted. */
const saidByProxy = (forwarded: string | null): string | undefined =>
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
