import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { DarkroomError } from '#lib/domain/errors.ts'
import { limitChunks } from './chunk-limit.ts'

/** Sends so many chunks of this size. */
async function received(
  chunks: number,
  bytes: number,
): Promise<{ refused: readonly string[]; bytes: number }> {
  const refused: string[] = []
  let read = 0
  const server = createServer((message, response) => {
    limitChunks(message, (error: DarkroomError) => {
      refused.push(error.code)
      message.socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
    })
    message.on('data', (chunk: Uint8Array) => (read += chunk.length))
    message.on('end', () => response.end('read'))
  })
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.on('error', () => {}) // a server that has refused does not read the rest
  const chunk = `${bytes.toString(16)}\r\n${'a'.repeat(bytes)}\r\n`
  socket.write('POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n')
  socket.write(`${chunk.repeat(chunks)}0\r\n\r\n`)
  await once(socket, 'data').catch(() => {})
  socket.destroy()
  return { refused, bytes: read }
}

test('a body in tiny chunks is refused once and not read any further', async () => {
  const { refused, bytes } = await received(30_000, 1)

  expect(refused).toEqual(['malformed'])
  expect(bytes).toBeLessThanOrEqual(10_000)
})

test.each([
  [10_000, 1],
  [20_000, 100],
])('%d chunks of %d bytes are read', async (chunks, size) => {
  expect(await received(chunks, size)).toEqual({ refused: [], bytes: chunks * size })
})
