import net from 'node:net'
import { expect, test } from 'vitest'
import type { ManagedCommand } from '#lib/contracts/ipc.ts'
import { listenOnCommand } from '#lib/server/listen-on-command.ts'
import { shareSockets } from './share-sockets.ts'

const COUNT = 3
const OF_EACH = 2

/** Sockets by name, and processes that accept from them as real ones do, without a system. */
function start() {
  const all = Array.from({ length: COUNT * OF_EACH }, () => new net.Server())
  const nameOf = (socket: object | undefined): string => {
    const at = all.findIndex((one) => one === socket)
    return `${Math.floor(at / OF_EACH) + 1}.${(at % OF_EACH) + 1}`
  }
  const accepting = new Map<number, string[]>()
  const sharing = shareSockets(
    Promise.resolve({
      port: 1,
      areOwn: true,
      of: (number) => all.slice((number - 1) * OF_EACH, number * OF_EACH),
      close: () => undefined,
    }),
  )
  const listeners = new Map<number, ReturnType<typeof listenOnCommand>>()
  return {
    accepting: () => Object.fromEntries([...accepting].map(([number, names]) => [number, names.toSorted()])),
    fork(number: number): void {
      const own: string[] = []
      const listener = listenOnCommand({
        server: {
          async listen(socket) {
            own.push(nameOf(Object(socket)))
            accepting.set(number, own)
            return 1
          },
          acceptFrom(socket) {
            const name = nameOf(socket)
            own.push(name)
            return () => void own.splice(own.indexOf(name), 1)
          },
        },
        number,
        address: { port: 1, host: 'localhost' },
        say: () => undefined,
        failed: () => undefined,
      })
      listeners.set(number, listener)
      const send = (command: ManagedCommand, handle?: object): void => {
        switch (command.kind) {
          case 'listen':
          case 'accept':
          case 'accept-for':
            listener.hear(command, handle)
        }
      }
      sharing.forked(number, { pid: 1, send, kill: () => undefined, listen: () => undefined }, true)
    },
    async ready(number: number): Promise<void> {
      await listeners.get(number)?.listen()
      sharing.ready(number)
      await Promise.resolve()
    },
    async end(number: number): Promise<void> {
      accepting.delete(number)
      sharing.ended(number)
      await Promise.resolve()
    },
  }
}

const EACH_ITS_OWN = { 1: ['1.1', '1.2'], 2: ['2.1', '2.2'], 3: ['3.1', '3.2'] }

test('each process accepts from its own sockets, and from those of others only while they are away', async () => {
  const { accepting, fork, ready, end } = start()

  for (const number of [1, 2, 3]) fork(number)
  await ready(1)
  expect(accepting()).toEqual({ 1: ['1.1', '1.2', '2.1', '2.2', '3.1', '3.2'] })
  await ready(2)
  await ready(3)
  expect(accepting()).toEqual(EACH_ITS_OWN)

  for (const repeated of [1, 2]) {
    await end(2)
    expect(accepting(), `death ${repeated}`).toEqual({
      1: ['1.1', '1.2', '2.1', '2.2'],
      3: ['2.1', '2.2', '3.1', '3.2'],
    })
    fork(2)
    await ready(2)
    expect(accepting()).toEqual(EACH_ITS_OWN)
  }
})

test('a process that is ready before another one is back accepts for it too', async () => {
  const { accepting, fork, ready, end } = start()
  for (const number of [1, 2, 3]) fork(number)
  for (const number of [1, 2, 3]) await ready(number)

  await end(1)
  await end(2)
  await end(3)
  expect(accepting()).toEqual({})
  fork(2)
  await ready(2)
  expect(accepting()).toEqual({ 2: ['1.1', '1.2', '2.1', '2.2', '3.1', '3.2'] })
  fork(1)
  fork(3)
  await ready(1)
  await ready(3)
  expect(accepting()).toEqual(EACH_ITS_OWN)
})
