/** Ends requests whose bodies arrive in tiny chunks: each chunk takes 5 µs of processor time, whatever its size. Four
 *  bodies of 300 kB in chunks of one byte held up everybody else for 3 s (November 2026). It knows nothing about time;
 *  slow-connections.ts does. */
import type { IncomingMessage } from 'node:http'
import { DarkroomError } from '#lib/domain/errors.ts'

/** A body may have more chunks, if they are not small. */
const MOST_SMALL_CHUNKS = 10_000
/** On average. Programs that write line by line send more. */
const SMALL_BYTES = 64

/** @param refuse ends the connection; called once */
export function limitChunks(message: IncomingMessage, refuse: (error: DarkroomError) => void): void {
  if (message.headers['transfer-encoding'] === undefined) return
  const push = message.push.bind(message)
  let chunks = 0
  let bytes = 0
  let isRefused = false
  // Node's parser hands each chunk to `push`, and stops reading the socket when it returns false.
  message.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (isRefused) return false
    if (!(chunk instanceof Uint8Array)) return push(chunk, encoding)
    chunks += 1
    bytes += chunk.byteLength
    if (chunks <= MOST_SMALL_CHUNKS || bytes >= chunks * SMALL_BYTES) return push(chunk, encoding)
    isRefused = true
    refuse(smallChunks())
    return false
  }
}

const smallChunks = (): DarkroomError =>
  new DarkroomError('malformed', {
    what: 'The request was rejected',
    why:
      `its body has more than ${MOST_SMALL_CHUNKS.toLocaleString('en')} chunks of less than ` +
      `${SMALL_BYTES} bytes on average`,
    remedy: 'Send it in larger chunks, or with Content-Length.',
  })
