import { createServer, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { watchSlowSenders } from './slow-senders.ts'

/** A server that reads what comes and watches who sends it; the clock and the looking are the test's. */
async function watched(read: (message: IncomingMessage) => void = (message) => void message.resume()) {
  let now = 0
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const slow = watchSlowSenders(() => now)
  const server = createServer((message) => { slow.watch(message); read(message); server.emit('watched') })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => { vi.useRealTimers(); slow[Symbol.dispose](); server.closeAllConnections(); server.close() })
  const begin = async (): Promise<Socket> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.on('error', () => {})
    const seen = once(server, 'watched')
    socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\nabc`)
    await seen
    return socket
  }
  const pass = (seconds: number) => { for (let i = 0; i < seconds; i += 5) { now += 5_000; vi.advanceTimersByTime(5_000) } }
  return { begin, pass, server }
}

test('who sends less than a kilobyte a second for half a minute loses the connection', async () => {
  const { begin, pass } = await watched()
  const socket = await begin()

  pass(30)
  expect(socket.destroyed).toBe(false)
  const closed = once(socket, 'close')
  pass(10)

  await closed
})

test('who sends a kilobyte a second stays, however long it takes', async () => {
  const { begin, pass, server } = await watched((message) => void message.on('data', () => server.emit('arrived')))
  const enough = await begin()
  for (let i = 0; i < 3; i++) {
    const arrived = once(server, 'arrived')
    enough.write(Buffer.alloc(40_000))
    await arrived
    pass(25)
  }

  expect(enough.destroyed).toBe(false)
  enough.destroy()
})
