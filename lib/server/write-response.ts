/** An answer onto Node's own response, also while its request is still arriving. Streams are left to Next. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { OutgoingResponse } from '#lib/http/outgoing.ts'

/** The rest of a refused request is discarded, so that its sender can read why it was refused, until nothing has
 *  arrived for so long … */
const QUIET_MS = 2_000
/** … and at most so long (as nginx: `lingering_timeout`, `lingering_time`). */
const LONGEST_LINGER_MS = 10_000

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
}
