/**
 * Writes a streamed response onto Node's own response object: as fast as the client reads, until it ends or
 * the client disconnects.
 */
import type { ServerResponse } from 'node:http'
import { darkroom } from '#lib/http/context.ts'
import type { OutgoingResponse } from '#lib/http/outgoing.ts'

export const isStream = (body: OutgoingResponse['body']): body is AsyncIterable<Uint8Array> =>
  body !== null && typeof body === 'object' && Symbol.asyncIterator in body

export async function writeStream(
  { status, headers }: OutgoingResponse,
  body: AsyncIterable<Uint8Array>,
  response: ServerResponse,
): Promise<void> {
  if (response.destroyed) return
  // on the response itself, because a shutdown finds event streams by their content type
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.writeHead(status)
  try {
    for await (const chunk of body) {
      if (response.destroyed) return
      if (!response.write(chunk)) await passedOn(response)
    }
    response.end()
  } catch (error) {
    darkroom().log('error', 'A response stream failed', { error })
    response.destroy()
  }
}

function passedOn(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go).off('close', go)
      resolve()
    }
    response.once('drain', go).once('close', go)
  })
}
