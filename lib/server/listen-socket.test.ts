import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { bindListenSockets } from './listen-socket.ts'

const CONNECTIONS = 160

/** Turns of a busy event loop until all the connections were accepted from this many copies of a socket. */
async function turnsToAccept(copies: number): Promise<number> {
  const sockets = await bindListenSockets({ PORT: 0, HOST: '127.0.0.1' }, 1)
  if (!sockets) throw new Error('no socket could be bound')
  const child = fork(path.join(import.meta.dirname, 'accepting.fakes.ts'), [String(CONNECTIONS)])
  onTestFinished(() => {
    child.kill()
    sockets.close()
  })
  for (const copy of sockets.of(1).slice(0, copies)) child.send('copy', copy)
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

test('the sockets of several processes have the port that the system chose for the first', async () => {
  const sockets = await bindListenSockets({ PORT: 0, HOST: '127.0.0.1' }, 2)
  if (!sockets) throw new Error('no socket could be bound')
  onTestFinished(sockets.close)

  const ports = await Promise.all(
    [1, 2].map(async (number) => {
      const child = fork(path.join(import.meta.dirname, 'accepting.fakes.ts'), ['1'])
      onTestFinished(() => void child.kill())
      child.send('copy', sockets.of(number)[0])
      const [{ port }] = (await once(child, 'message')) as [{ port: number }]
      return port
    }),
  )

  expect(ports).toEqual([sockets.port, sockets.port])
  expect(sockets.port).toBeGreaterThan(0)
  expect(new Set([...sockets.of(1), ...sockets.of(2)]).size).toBe(sockets.areOwn ? 64 : 1)
})

test('with copies of its socket a busy process accepts many connections per turn, otherwise one', async () => {
  expect(await turnsToAccept(1)).toBeGreaterThanOrEqual(CONNECTIONS)
  expect(await turnsToAccept(16)).toBeLessThan(CONNECTIONS / 4)
})
