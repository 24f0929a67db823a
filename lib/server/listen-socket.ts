/**
 * The listening sockets, bound and held by the supervisor: while no process accepts from one, new connections wait in
 * the system's queue instead of being refused or reset. Where several processes accept, each has sockets of its own on
 * the same port, among which the system distributes connections evenly. Nothing accepts connections here.
 */
import { lookup } from 'node:dns/promises'
import net from 'node:net'

/** A bound handle of Node's own; it starts to listen when a server listens on it. */
type BoundHandle = { readonly getsockname: (into: { port?: number }) => number; readonly close: () => void }
export type ListenSockets = {
  readonly port: number
  /** Of the process with this number, from 1 on, in the form in which `ChildProcess.send` passes on a server. */
  readonly of: (number: number) => readonly net.Server[]
  /** Whether each process has sockets of its own, not copies of the only one. */
  readonly areOwn: boolean
  readonly close: () => void
}
/**
 * For one socket, libuv accepts one connection per turn of the event loop (1.52; Node 24), which is 100 a second where
 * a turn takes 10 ms: new connections would wait for seconds behind the open ones. Each further socket on the same
 * port, or copy of it, adds one. Copies go to the process that is awake first: with them, 98 of 100 connections came
 * to one of two processes (2026-11-30).
 */
const SOCKETS_OF_A_PROCESS = 32
/** UV_TCP_REUSEPORT of libuv 1.52: not on macOS and Windows. */
const REUSE_PORT = 2

/**
 * What node:cluster uses to bind for its own workers (its net.js, Node 24); Node documents listening on
 * such a handle, but not creating one.
 */
const bind = (
  net as {
    _createServerHandle?: (
      address: string,
      port: number,
      family: number,
      descriptor?: undefined,
      flags?: number,
    ) => BoundHandle | number
  }
)._createServerHandle

/**
 * For so many processes. Null where binding fails: then a process binds itself and reports the reason.
 */
export async function bindListenSockets(
  { PORT, HOST }: { readonly PORT: number; readonly HOST: string },
  processes: number,
): Promise<ListenSockets | null> {
  const found = await lookup(HOST).catch(() => null)
  if (!found || !bind) return null
  const { address, family } = found
  // Alone first: another program, or another start of this one, must not share the port unnoticed.
  const alone = bound(bind(address, PORT, family))
  if (!alone || processes === 1) return alone && copiesOf(alone)
  alone.close()
  const own = Array.from({ length: processes * SOCKETS_OF_A_PROCESS }, () =>
    bound(bind(address, alone.port, family, undefined, REUSE_PORT)),
  ).filter((one) => one !== null)
  if (own.length === processes * SOCKETS_OF_A_PROCESS) return ownSockets(own, alone.port)
  for (const one of own) one.close()
  const again = bound(bind(address, alone.port, family))
  return again && copiesOf(again)
}

const copiesOf = ({ handle, port, close }: BoundSocket): ListenSockets => ({
  port,
  of: () => Array.from({ length: SOCKETS_OF_A_PROCESS }, () => handle),
  areOwn: false,
  close,
})

const ownSockets = (own: readonly BoundSocket[], port: number): ListenSockets => ({
  port,
  of: (number) =>
    own.slice((number - 1) * SOCKETS_OF_A_PROCESS, number * SOCKETS_OF_A_PROCESS).map(({ handle }) => handle),
  areOwn: true,
  close() {
    for (const { close } of own) close()
  },
})

type BoundSocket = { readonly handle: net.Server; readonly port: number; readonly close: () => void }

/** libuv reports an address in use only to a process that listens; the socket is bound to nothing then. */
function bound(handle: BoundHandle | number): BoundSocket | null {
  if (typeof handle === 'number') return null
  const place: { port?: number } = {}
  if (handle.getsockname(place) === 0 && place.port)
    return { handle: handle as unknown as net.Server, port: place.port, close: () => handle.close() }
  handle.close()
  return null
}
