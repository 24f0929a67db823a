/**
 * The socket of a single web process, bound and held by the supervisor: while the web process restarts, new
 * connections wait in the system's queue instead of being refused. Nothing accepts connections here.
 */
import { lookup } from 'node:dns/promises'
import net from 'node:net'

/** A bound handle of Node's own; it starts to listen when a server listens on it. */
type BoundHandle = { readonly getsockname: (into: { port?: number }) => number; readonly close: () => void }
/** `handle` is what `ChildProcess.send` passes on as a server. */
export type ListenSocket = { readonly handle: net.Server; readonly close: () => void }

/**
 * What node:cluster uses to bind for its own workers (its net.js, Node 24); Node documents listening on
 * such a handle, but not creating one.
 */
const bind = (
  net as { _createServerHandle?: (address: string, port: number, family: number) => BoundHandle | number }
)._createServerHandle

/** Null where binding fails: then the web process binds itself and reports the reason. */
export async function bindListenSocket({
  PORT,
  HOST,
}: {
  readonly PORT: number
  readonly HOST: string
}): Promise<ListenSocket | null> {
  const address = await lookup(HOST).catch(() => null)
  const handle = address && bind?.(address.address, PORT, address.family)
  if (!handle || typeof handle === 'number') return null
  const place: { port?: number } = {}
  // libuv reports an address in use only to a process that listens; the socket is bound to nothing then.
  if (handle.getsockname(place) !== 0 || !place.port) {
    handle.close()
    return null
  }
  return { handle: handle as unknown as net.Server, close: () => handle.close() }
}
