/** The socket on which a lone web process listens, bound by the supervisor, which keeps its hand on it: while
 *  web is away, whoever connects waits in the system's queue instead of being refused. Nobody accepts here. */
import { lookup } from 'node:dns/promises'
import net from 'node:net'

/** A bound handle of Node's own; it listens as soon as somebody listens on it. */
type BoundHandle = { readonly getsockname: (into: { port?: number }) => number; readonly close: () => void }
/** `handle` is what `ChildProcess.send` passes on, beside a server. */
export type ListenSocket = { readonly handle: net.Server; readonly close: () => void }

/** What node:cluster binds with for its own workers (its net.js, Node 24); Node documents listening on such a
 *  handle, not making one. */
const bind = (
  net as { _createServerHandle?: (address: string, port: number, family: number) => BoundHandle | number }
)._createServerHandle

/** Null where it cannot be held: then web binds for itself, and says why that fails. */
export async function bindListenSocket({
  PORT,
  HOST,
}: {
  readonly PORT: number
  readonly HOST: string
}): Promise<ListenSocket | null> {
  const found = await lookup(HOST).catch(() => null)
  const handle = found && bind?.(found.address, PORT, found.family)
  if (!handle || typeof handle === 'number') return null
  const place: { port?: number } = {}
  // An address that another program listens on is told by libuv only to who listens; the socket is bound to
  // nothing then.
  if (handle.getsockname(place) !== 0 || !place.port) {
    handle.close()
    return null
  }
  return { handle: handle as unknown as net.Server, close: () => handle.close() }
}
