/**
 * Starts listening when and where the parent process requests: on an address, or on an already bound socket.
 * web-server.ts handles the requests.
 */
import type { ManagedCommand, ManagedMessage } from '#lib/contracts/ipc.ts'
import type { WebServer } from './web-server.ts'

const CANNOT_LISTEN: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses it',
  EACCES: 'the current user is not allowed to',
  EADDRNOTAVAIL: 'this machine does not have that address',
}

type ListenCommand = Extract<ManagedCommand, { kind: 'listen' | 'accept' | 'accept-for' }>

type ListenParts = {
  readonly server: Pick<WebServer, 'listen' | 'acceptFrom'>
  /** Of this process among those that accept. */
  readonly number: number
  readonly address: { readonly port: number; readonly host: string }
  readonly say: (message: ManagedMessage, then?: () => void) => void
  /** Called after the parent has been notified that this process cannot listen. */
  readonly failed: () => void
}

export type CommandedListening = {
  readonly hear: (command: ListenCommand, socket: object | undefined) => void
  /** Resolves when the parent has sent its first command. */
  readonly when: Promise<'now' | 'ready'>
  /** The port, also when it is already listening; null if it cannot listen. */
  readonly listen: () => Promise<number | null>
}

export function listenOnCommand({
  server,
  number: own,
  address,
  say,
  failed,
}: ListenParts): CommandedListening {
  const commanded = Promise.withResolvers<{ target: object; when: 'now' | 'ready' }>()
  const further = createFurtherSockets(server, own)
  let port: Promise<number | null> | undefined

  async function start(): Promise<number | null> {
    const { target } = await commanded.promise
    try {
      const number = await server.listen(target)
      further.open()
      say({ kind: 'listening', port: number })
      return number
    } catch (error) {
      const why = CANNOT_LISTEN[codeOf(error)]
      if (why === undefined) throw error
      const place = `${address.host}:${address.port}`
      const reason = `Darkroom cannot listen on ${place}: ${why}. Set PORT or HOST to another value.`
      say({ kind: 'unable', reason }, failed)
      return null
    }
  }

  return {
    when: commanded.promise.then(({ when }) => when),
    listen: () => (port ??= start()),
    hear(message, socket) {
      switch (message.kind) {
        case 'listen':
          return commanded.resolve({ target: socket ?? address, when: message.when })
        case 'accept':
          return socket && further.add(message.of, socket)
        case 'accept-for':
          return further.acceptFor(message.numbers)
      }
    },
  }
}

/** The further sockets: those of this process, and of others, for as long as those are away. */
function createFurtherSockets(server: Pick<WebServer, 'acceptFrom'>, own: number) {
  const waiting = new Map<number, object[]>()
  const accepting = new Map<number, (() => void)[]>()
  let numbers: readonly number[] = [own]
  let isOpen = false

  function update(): void {
    if (!isOpen) return
    for (const number of numbers) {
      const closers = accepting.get(number) ?? []
      for (const socket of waiting.get(number)?.splice(0) ?? []) closers.push(server.acceptFrom(socket))
      accepting.set(number, closers)
    }
    for (const [number, closers] of accepting) {
      if (numbers.includes(number)) continue
      for (const close of closers) close()
      accepting.delete(number)
    }
  }

  return {
    add(number: number, socket: object): void {
      const sockets = waiting.get(number) ?? []
      waiting.set(number, [...sockets, socket])
      update()
    },
    acceptFor(next: readonly number[]): void {
      numbers = next
      update()
    },
    open(): void {
      isOpen = true
      update()
    },
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''
