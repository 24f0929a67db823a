/**
 * Writes a response onto Node's own response object, also while its request is still arriving. Streams are
 * left to Next.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { OutgoingResponse } from '#lib/http/outgoing.ts'
import { completeHead } from './security-headers.ts'

/**
 * After a refusal, the rest of the request is discarded, so that the client can read why it was refused,
 * until nothing has arrived for this long …
 */
const QUIET_MS = 2_000
/** … and at most this long (as nginx: `lingering_timeout`, `lingering_time`). */
const LONGEST_LINGER_MS = 10_000

export function writeAnswer(
  outgoing: OutgoingResponse,
  message: IncomingMessage,
  response: ServerResponse,
): void {
  if (response.destroyed) return
  const body = begin(outgoing, message, response)
  if (message.complete) {
    response.end(body)
    return
  }
  response.write(body)
  afterRest(message, () => response.end())
}

/** Writes the headers and returns the body. */
function begin(
  { status, headers, body }: OutgoingResponse,
  message: IncomingMessage,
  response: ServerResponse,
): string | Uint8Array {
  if (body !== null && typeof body !== 'string' && !(body instanceof Uint8Array))
    throw new Error('streams are not supported here')
  const bytes = body === null ? 0 : Buffer.byteLength(body)
  const declared = status === 204 ? null : bytes
  if (response.getHeaderNames().length === 0)
    response.writeHead(status, completeHead(message, headers, declared))
  else response.writeHead(status, { ...headers, ...(declared !== null && { 'content-length': declared }) })
  return body ?? ''
}

/**
 * The response is written, but a client that is still sending reads it only afterwards: if it ended at
 * once, "connection: close" would interrupt the client.
 */
export function afterRest(message: IncomingMessage, end: () => void): void {
  const quiet = setTimeout(() => message.destroy(), QUIET_MS)
  const longest = setTimeout(() => message.destroy(), LONGEST_LINGER_MS)
  quiet.unref()
  longest.unref()
  message.once('close', () => {
    clearTimeout(quiet)
    clearTimeout(longest)
    end()
  })
  message.on('data', () => quiet.refresh())
  message.resume()
}
