import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { watchSlowSenders } from './slow-senders.ts'

/** A real server that watches, a sender that says how it sends, and a clock that looks when it is advanced by five seconds. */
async function watched({ reads }: { reads: boolean }) {
  let now = 0
  let look = () => {}
  const slow = watchSlowSenders(() => now, (_ms, then) => { look = then; return () => {} })
  const arrived = Promise.withResolvers<IncomingMessage>()
  const server = createServer((message) => {
    slow.watch(message)
    if (reads) message.resume()
    arrived.resolve(message)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => { server.closeAllConnections(); server.close() })
  const sender = connect((server.address() as AddressInfo).port, '127.0.0.1') // listening on a port
  sender.on('error', () => {})
  sender.write('POST /upload HTTP/1.1\r\nhost: here\r\ncontent-length: 10000000\r\n\r\n')
  const message = await arrived.promise
  const advance = (ms: number) => { for (const end = now + ms; now < end;) { now += 5_000; look() } }
  return { sender, message, advance, isOpen: () => !message.socket.destroyed }
}

/** Until the server has seen so many more bytes. */
async function send(sender: Socket, message: IncomingMessage, bytes: number): Promise<void> {
  const before = message.socket.bytesRead
  sender.write(Buffer.alloc(bytes))
  while (message.socket.bytesRead < before + bytes) await turn()
}

test('who sends nothing for half a minute is cut off', async () => {
  const { advance, isOpen } = await watched({ reads: true })

  advance(25_000)
  expect(isOpen()).toBe(true)
  advance(5_000)
  expect(isOpen()).toBe(false)
})

test('a few bytes now and then do not keep a connection', async () => {
  const { sender, message, advance, isOpen } = await watched({ reads: true })

  for (let i = 0; i < 6; i++) {
    await send(sender, message, 100)
    advance(5_000)
  }

  expect(isOpen()).toBe(false)
})

test('who sends a kilobyte a second may go on for ever', async () => {
  const { sender, message, advance, isOpen } = await watched({ reads: true })

  for (let i = 0; i < 20; i++) {
    await send(sender, message, 31_000)
    advance(30_000)
  }

  expect(isOpen()).toBe(true)
})

test('who waits because we do not read is not slow', async () => {
  const { sender, message, advance, isOpen } = await watched({ reads: false })
  await send(sender, message, 1_000)

  advance(300_000)

  expect(isOpen()).toBe(true)
})
