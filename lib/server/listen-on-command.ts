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

type ListenCommand = Extract<ManagedCommand, { kind: 'listen' | 'accept' | 'accept-on-own' }>

type ListenParts = {
  readonly server: Pick<WebServer, 'listen' | 'acceptFrom' | 'acceptOnOwn'>
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

export function listenOnCommand({ server, address, say, failed }: ListenParts): CommandedListening {
  const commanded = Promise.withResolvers<{ target: object; when: 'now' | 'ready' }>()
  const listening = Promise.withResolvers<void>()
  let port: Promise<number | null> | undefined

  async function start(): Promise<number | null> {
    const { target } = await commanded.promise
    try {
      const number = await server.listen(target)
      listening.resolve()
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
      if (message.kind === 'listen') commanded.resolve({ target: socket ?? address, when: message.when })
      else if (message.kind === 'accept-on-own')
        void listening.promise.then(() => server.acceptOnOwn(message.sockets))
      else if (socket) void listening.promise.then(() => server.acceptFrom(socket))
    },
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''
