/** An answer onto Node's own response, also while its request is still arriving. Streams are left to Next. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { OutgoingResponse } from '#lib/http/outgoing.ts'

/** How long the rest of a refused request is discarded, so that its sender can read why it was refused. */
const LINGER_MS = 1_000

export function writeAnswer(
  outgoing: OutgoingResponse,
  message: IncomingMessage,
  response: ServerResponse,
): void {
  if (response.destroyed) return
  const body = begin(outgoing, response)
  if (message.complete) {
    response.end(body)
    return
  }
  response.write(body)
  afterRest(message, () => response.end())
}

/** Writes the head and gives the body. */
function begin({ status, headers, body }: OutgoingResponse, response: ServerResponse): string | Uint8Array {
  if (body !== null && typeof body !== 'string' && !(body instanceof Uint8Array))
    throw new Error('streams are not supported here')
  const bytes = body === null ? 0 : Buffer.byteLength(body)
  response.writeHead(status, { ...headers, ...(status !== 204 && { 'content-length': bytes }) })
  return body ?? ''
}

/** The answer is out, but a sender that goes on sending reads it only when it is done: ended at once,
 *  "connection: close" would break off its sending. */
function afterRest(message: IncomingMessage, end: () => void): void {
  const timer = setTimeout(() => message.destroy(), LINGER_MS)
  timer.unref()
  message.once('close', () => {
    clearTimeout(timer)
    end()
  })
  message.resume()
}
