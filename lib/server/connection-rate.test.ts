import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { watchConnections } from './connection-rate.ts'

test('200 clients that connect at once are no storm, 300 are, for a quarter of a second', async () => {
  let now = 1_000
  const connections = watchConnections(1, () => now)
  const accepted: Socket[] = []
  const server = createServer((socket) => accepted.push(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    connections[Symbol.dispose]()
    for (const socket of accepted) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const connectMore = async (wanted: number) => {
    while (accepted.length < wanted) {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      await once(server, 'connection')
    }
  }

  await connectMore(200)
  expect(connections.isStorm()).toBe(false)

  await connectMore(300)
  expect(connections.isStorm()).toBe(true)

  now += 250
  expect(connections.isStorm()).toBe(false)
})
