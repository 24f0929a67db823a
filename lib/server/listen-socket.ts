/**
 * The listening socket, bound and held by the supervisor: while no process accepts, new connections wait in the
 * system's queue instead of being refused. Where several processes accept, each also has sockets of its own on the
 * same port, among which the system distributes connections evenly. Nothing accepts connections here.
 */
import { lookup } from 'node:dns/promises'
import net from 'node:net'

/** A bound handle of Node's own; it starts to listen when a server listens on it. */
type BoundHandle = { readonly getsockname: (into: { port?: number }) => number; readonly close: () => void }
/** `handle` is what `ChildProcess.send` passes on as a server. */
export type ListenSocket = {
  readonly handle: net.Server
  /** Whether other sockets of this user may be bound to the same port. */
  readonly isShared: boolean
  /** Where the port was 0, the one that the system chose. */
  readonly port: number
  readonly close: () => void
}
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
 * `wantsShared`: several processes will accept. Null where binding fails: then a process binds itself and reports the
 * reason.
 */
export async function bindListenSocket(
  { PORT, HOST }: { readonly PORT: number; readonly HOST: string },
  wantsShared: boolean,
): Promise<ListenSocket | null> {
  const address = await lookup(HOST).catch(() => null)
  if (!address || !bind) return null
  // Alone first: another program, or another start of this one, must not share the port unnoticed.
  const alone = bound(bind(address.address, PORT, address.family))
  if (!alone || !wantsShared) return alone && { ...alone, isShared: false }
  alone.close()
  const shared = bound(bind(address.address, alone.port, address.family, undefined, REUSE_PORT))
  if (shared) return { ...shared, isShared: true }
  const again = bound(bind(address.address, alone.port, address.family))
  return again && { ...again, isShared: false }
}

/** libuv reports an address in use only to a process that listens; the socket is bound to nothing then. */
function bound(handle: BoundHandle | number): Omit<ListenSocket, 'isShared'> | null {
  if (typeof handle === 'number') return null
  const place: { port?: number } = {}
  if (handle.getsockname(place) === 0 && place.port)
    return { handle: handle as unknown as net.Server, port: place.port, close: () => handle.close() }
  handle.close()
  return null
}
