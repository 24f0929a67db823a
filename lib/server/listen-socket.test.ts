import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { bindListenSocket } from './listen-socket.ts'

const CONNECTIONS = 160

/** Turns of a busy event loop until all the connections were accepted from this many copies of a socket. */
async function turnsToAccept(copies: number): Promise<number> {
  const socket = await bindListenSocket({ PORT: 0, HOST: '127.0.0.1' }, false)
  if (!socket) throw new Error('no socket could be bound')
  const child = fork(path.join(import.meta.dirname, 'accepting.fakes.ts'), [String(CONNECTIONS)])
  onTestFinished(() => {
    child.kill()
    socket.close()
  })
  for (let copy = 0; copy < copies; copy++) child.send('copy', socket.handle)
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  child.send('begin')
  for (let i = 0; i < CONNECTIONS; i++) {
    const client = connect(port, '127.0.0.1', () => client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'))
    client.on('error', () => {})
    onTestFinished(() => void client.destroy())
  }
  const [{ turns }] = (await once(child, 'message')) as [{ turns: number }]
  return turns
}

test('a socket that several processes share keeps the port that the system chose for it', async () => {
  const socket = await bindListenSocket({ PORT: 0, HOST: '127.0.0.1' }, true)
  if (!socket) throw new Error('no socket could be bound')
  onTestFinished(socket.close)
  const child = fork(path.join(import.meta.dirname, 'accepting.fakes.ts'), ['1'])
  onTestFinished(() => void child.kill())

  child.send('copy', socket.handle)
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]

  expect(socket.port).toBe(port)
  expect(port).toBeGreaterThan(0)
})

test('with copies of its socket a busy process accepts many connections per turn, otherwise one', async () => {
  expect(await turnsToAccept(1)).toBeGreaterThanOrEqual(CONNECTIONS)
  expect(await turnsToAccept(16)).toBeLessThan(CONNECTIONS / 4)
})
