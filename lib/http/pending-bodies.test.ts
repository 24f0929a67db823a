import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { fastPath } from '#lib/server/fast-path.ts'
import { createHeldBodies, type BodyBudget } from './pending-bodies.ts'
import { openProgram } from './program.fakes.ts'

const UNBOUNDED = { perAddress: Infinity, inAll: Infinity }
type Answer = Output<Routes['POST /api/predict']>

/**
 * The fast path on a real socket; the client address comes from a proxy header, so that one machine can act
 * as many clients.
 */
async function listening(memory: BodyBudget): Promise<number> {
  openProgram({
    settings: { maxImageBytes: 1_000_000 },
    holdBody: createHeldBodies({ memory, disk: UNBOUNDED }),
    serving: {
      predict: async ({ image }) => ({ confidence: 1, width: image.bytes.byteLength }) as Answer,
    },
  })
  const server = createServer((message, response) => {
    if (!fastPath(message, response)) response.writeHead(418).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

type Sender = { readonly socket: Socket; readonly answer: Promise<string> }

/** Sends part of an image, and holds back the rest. */
function sender(
  port: number,
  { from, length = 100_000, sent, key }: { from: string; length?: number; sent: number; key?: string },
): Sender {
  const socket = connect(port, '127.0.0.1')
  const answer = new Promise<string>((resolve) => {
    let output = ''
    socket.on('data', (chunk) => {
      output += chunk.toString('latin1')
      if (output.includes('}')) resolve(output)
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(output))
  })
  const authorization = key ? `authorization: Bearer ${key}\r\n` : ''
  socket.write(
    `POST /api/predict HTTP/1.1\r\nhost: a\r\nx-forwarded-for: ${from}\r\n${authorization}` +
      `content-type: image/png\r\ncontent-length: ${length}\r\n\r\n`,
  )
  socket.write(Buffer.alloc(sent))
  return { socket, answer }
}

test('a body too large for an anonymous client is refused by its declared size', async () => {
  const port = await listening({ perAddress: 50_000, inAll: 1_000_000 })

  const output = await sender(port, { from: '192.0.2.1', length: 60_000, sent: 0 }).answer

  expect(output).toMatch(/^HTTP\/1\.1 413 /)
  expect(output).toContain('the limit for requests without a login or key is')
})

test('one address may not occupy much memory with many small bodies; another address can continue', async () => {
  const port = await listening({ perAddress: 100_000, inAll: 1_000_000 })
  const [one, two] = [
    sender(port, { from: '192.0.2.1', sent: 60_000 }),
    sender(port, { from: '192.0.2.1', sent: 60_000 }),
  ]

  const refused = await Promise.race([one.answer, two.answer])
  expect(refused).toMatch(/^HTTP\/1\.1 429 /)
  expect(refused).toMatch(/retry-after: \d/)

  const other = sender(port, { from: '192.0.2.2', sent: 100_000 })
  expect(await other.answer).toContain('"width":100000')
})

test('when anonymous clients occupy too much memory, the largest body is aborted for a new client', async () => {
  const port = await listening({ perAddress: 100_000, inAll: 150_000 })
  const large = sender(port, { from: '192.0.2.1', sent: 90_000 })
  const small = sender(port, { from: '192.0.2.2', sent: 40_000 })
  const newcomer = sender(port, { from: '192.0.2.3', length: 50_000, sent: 50_000 })

  expect(await large.answer).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 5/)
  expect(await newcomer.answer).toContain('"width":50000')
  small.socket.write(Buffer.alloc(60_000))
  expect(await small.answer).toContain('"width":100000')
})

test('memory of answered and aborted requests is released', async () => {
  const port = await listening({ perAddress: 100_000, inAll: 100_000 })

  for (let i = 0; i < 5; i++)
    expect(await sender(port, { from: `192.0.2.${i}`, sent: 100_000 }).answer).toContain('"width":100000')
  for (let i = 0; i < 5; i++) {
    const leaving = sender(port, { from: '192.0.2.1', sent: 90_000 })
    leaving.socket.destroySoon()
    await leaving.answer
  }
  expect(await sender(port, { from: '192.0.2.9', sent: 100_000 }).answer).toContain('"width":100000')
})

test('requests with a key are not counted', async () => {
  const port = await listening({ perAddress: 10, inAll: 10 })

  expect(await sender(port, { from: '192.0.2.1', sent: 100_000, key: 'user' }).answer).toContain(
    '"width":100000',
  )
})
