/**
 * A request as the handlers see it, independent of the server: Next with a web `Request`, or the fast path
 * with Node's own message. It does not read the body; lib/http/body does.
 */
import type { IncomingMessage } from 'node:http'
import type { MaybePromise } from '#lib/domain/maybe-promise.ts'

export type IncomingRequest = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  /** The address of the peer, or the one that a trusted proxy forwards. */
  readonly address: string
  readonly header: (name: string) => string | null
  /** To identify the caller. */
  readonly headers: Pick<Headers, 'get'>
  /** Null for a request without a body. */
  readonly body: AsyncIterable<Uint8Array> | null
  /** The complete body, where it is short and has been read already. */
  readonly whole?: Uint8Array | undefined
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
    headers: request.headers,
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

/**
 * Bodies up to this size are read before the request is handled: reading them piece by piece costs more than
 * anything else that is done with them.
 */
const SHORT_BODY_BYTES = 32 * 1024

/**
 * The body of a request that declares a short one; undefined for any other, for one that waits for
 * "100 Continue", and for one that ends early, whose reader then gets the error.
 */
export function shortBodyOf(message: IncomingMessage): MaybePromise<Uint8Array | undefined> {
  const declared = Number(message.headers['content-length'])
  if (!(declared > 0 && declared <= SHORT_BODY_BYTES) || message.headers.expect !== undefined)
    return undefined
  return new Promise((resolve) => {
    let first: Uint8Array | undefined
    let further: Uint8Array[] | null = null
    message.on('data', (chunk: Uint8Array) => {
      if (first === undefined) first = chunk
      else (further ??= []).push(chunk)
    })
    message.on('end', () => resolve(further === null ? first : Buffer.concat([first!, ...further])))
    const incomplete = (): void => resolve(undefined) // no effect after its end
    message.on('close', incomplete)
    message.on('error', incomplete)
  })
}

/** `gone` is fired by the caller, which watches the connection; `whole` is the body, where it has been read. */
export function fromNode(message: IncomingMessage, gone: AbortSignal, whole?: Uint8Array): IncomingRequest {
  const target = message.url ?? '/'
  const mark = target.indexOf('?')
  const header = (name: string): string | null => one(message.headers[name])
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? NO_QUERY : new URLSearchParams(target.slice(mark + 1)),
    address:
      forwardedAddress(one(message.headers['x-forwarded-for'])) ?? message.socket.remoteAddress ?? 'unknown',
    header,
    headers: { get: (name) => header(name.toLowerCase()) },
    body: bodyOf(message, whole),
    whole,
    signal: gone,
  }
}

/**
 * Each proxy appends the address of its client: our own proxy wrote the last one, and the client can forge
 * those before. The server removes the header where no proxy is trusted.
 */
const forwardedAddress = (forwarded: string | null): string | undefined =>
  forwarded?.split(',').at(-1)?.trim() || undefined

function bodyOf(message: IncomingMessage, whole: Uint8Array | undefined): AsyncIterable<Uint8Array> | null {
  if (whole !== undefined) return { [Symbol.asyncIterator]: () => only(whole) }
  return hasBody(message)
    ? { [Symbol.asyncIterator]: () => message.iterator({ destroyOnReturn: false }) }
    : null
}

async function* only(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield chunk
}

const one = (value: string | string[] | undefined): string | null =>
  Array.isArray(value) ? value.join(', ') : (value ?? null)

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
