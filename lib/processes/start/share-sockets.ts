/**
 * Which front process accepts from which listening sockets: each from its own, and every ready one also from those of
 * processes that are away, so that no new connection waits for a restart. The sockets are held by the supervisor
 * (lib/server/listen-socket.ts); lib/server/listen-on-command.ts is the other side.
 */
import type { Child } from '#lib/children/child.ts'
import type { ManagedCommand, ManagedMessage } from '#lib/contracts/ipc.ts'
import type { ListenSockets } from '#lib/server/listen-socket.ts'

type Front = { readonly child: Child<ManagedCommand, ManagedMessage>; readonly isReady: boolean }

export type SocketSharing = {
  /** A process with this number was forked. `isListening`: whether one of them listens already. */
  readonly forked: (number: number, child: Front['child'], isListening: boolean) => void
  readonly ready: (number: number) => void
  readonly ended: (number: number) => void
}

/** `sockets`: null where each process binds its own. */
export function shareSockets(sockets: Promise<ListenSockets | null>): SocketSharing {
  const fronts = new Map<number, Front>()
  const whenOwn = (act: (bound: ListenSockets) => void): void =>
    void sockets.then((bound) => bound?.areOwn && act(bound))

  function set(number: number, isReady: boolean): void {
    const front = fronts.get(number)
    if (front) fronts.set(number, { ...front, isReady })
  }

  function tellReadyOnes(): void {
    const away = [...fronts].flatMap(([number, { isReady }]) => (isReady ? [] : [number]))
    for (const [number, { child, isReady }] of fronts)
      if (isReady) child.send({ kind: 'accept-for', numbers: [number, ...away] })
  }

  return {
    forked(number, child, isListening) {
      fronts.set(number, { child, isReady: false })
      void sockets.then((bound) => {
        const [first, ...further] = bound?.of(number) ?? []
        child.send({ kind: 'listen', when: bound && isListening ? 'ready' : 'now' }, first)
        for (const socket of further) child.send({ kind: 'accept', of: number }, socket)
      })
    },
    ready(number) {
      set(number, true)
      whenOwn((bound) => {
        tellReadyOnes()
        const { child } = fronts.get(number)!
        const supply = (to: Front['child'], of: number): void => {
          for (const socket of bound.of(of)) to.send({ kind: 'accept', of }, socket)
        }
        for (const [other, front] of fronts) {
          if (other === number) continue
          supply(child, other)
          if (front.isReady) supply(front.child, number)
        }
      })
    },
    ended(number) {
      set(number, false)
      whenOwn(tellReadyOnes)
    },
  }
}
