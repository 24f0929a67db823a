/**
 * Ends connections that make no progress: headers and bodies that trickle in, responses that are not read.
 * Each would occupy a connection and memory indefinitely. A body that this server is not reading, and
 * a response that is not ready, never count against the client.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { DarkroomError, STATUS_OF } from '#lib/domain/errors.ts'
import { rawRefusal } from './raw-response.ts'

/** Slow means less than 1 kB/s for 30 s. Headers are short: they must be complete by then. */
const WINDOW_MS = 30_000
const LEAST_BYTES = 30_000
const LOOK_EVERY_MS = 2_000
/**
 * When responses of this process that clients have not read take more than this, a client that has read less than
 * 30 kB for 6 s is ended too, the one with the largest response first.
 */
const MOST_UNREAD_BYTES = 64 * 1024 ** 2
const PRESSURE_WINDOW_MS = 6_000
/** How long a client may still read why its connection ends. */
const LINGER_MS = 1_000

/**
 * What a connection waits for: the start of a request, its body, the client reading the response, nothing,
 * or this server.
 */
type Phase = 'head' | 'body' | 'reading' | 'idle' | 'us'

type Connection = {
  readonly socket: Socket
  /** The latest request on it. */
  message: IncomingMessage | null
  response: ServerResponse | null
  unanswered: number
  /** Bytes read when the connection became idle; more than that is the start of new headers. */
  idleAt: number | null
  phase: Phase
  since: number
  progress: number
}

export type SlowConnections = Disposable & {
  /** To be called with each request that was answered immediately. */
  readonly answered: (message: IncomingMessage, response: ServerResponse) => void
  /** To be called with each request that starts. */
  readonly watch: (message: IncomingMessage, response: ServerResponse) => void
  /** Ends a connection, with this response unless one has been started. */
  readonly refuse: (socket: Socket, error: DarkroomError) => void
}

/** Calls back repeatedly; the returned function stops it. */
type Every = (ms: number, then: () => void) => () => void

export function watchSlowConnections(
  server: Server,
  now: () => number,
  every: Every = byTimer,
): SlowConnections {
  const open = new Map<Socket, Connection>()
  const opened = (socket: Socket): Connection => {
    const connection: Connection = {
      socket,
      message: null,
      response: null,
      unanswered: 0,
      idleAt: null,
      phase: 'head',
      since: now(),
      progress: 0,
    }
    open.set(socket, connection)
    socket.once('close', () => open.delete(socket))
    return connection
  }
  server.on('connection', opened)
  server.on('upgrade', (_request, socket) => open.delete(socket as Socket)) // another protocol has other rules
  const stop = every(LOOK_EVERY_MS, () => {
    for (const connection of open.values()) judge(connection)
    relievePressure()
  })

  function judge(connection: Connection): void {
    const phase = phaseOf(connection)
    const progress = progressOf(connection.socket, phase)
    const isAdvancing = phase !== 'head' && progress - connection.progress >= LEAST_BYTES
    if (phase !== connection.phase || isAdvancing)
      Object.assign(connection, { phase, progress, since: now() })
    else if (
      (phase === 'head' || phase === 'body' || phase === 'reading') &&
      now() - connection.since >= WINDOW_MS
    ) {
      open.delete(connection.socket)
      cut(connection)
    }
  }

  function relievePressure(): void {
    const unread = [...open.values()]
      .map((connection) => ({ connection, bytes: unsent(connection.socket) }))
      .filter(({ bytes }) => bytes > 0)
    let sum = unread.reduce((total, { bytes }) => total + bytes, 0)
    if (sum <= MOST_UNREAD_BYTES) return
    for (const { connection, bytes } of unread.toSorted((a, b) => b.bytes - a.bytes)) {
      if (connection.phase !== 'reading' || now() - connection.since < PRESSURE_WINDOW_MS) continue
      open.delete(connection.socket)
      cut(connection)
      sum -= bytes
      if (sum <= MOST_UNREAD_BYTES) return
    }
  }

  return {
    watch(message, response) {
      const connection = open.get(message.socket) ?? opened(message.socket)
      connection.message = message
      connection.response = response
      connection.idleAt = null
      connection.unanswered += 1
      response.on('close', () => {
        connection.unanswered -= 1
      })
    },
    answered(message, response) {
      const connection = open.get(message.socket) ?? opened(message.socket)
      connection.message = message
      connection.response = response
      connection.idleAt = null
    },
    refuse(socket, error) {
      const connection = open.get(socket)
      open.delete(socket)
      if (connection) end(connection, error)
      else socket.destroy()
    },
    [Symbol.dispose]: stop,
  }
}

function phaseOf(connection: Connection): Phase {
  const { message, socket } = connection
  if (message && !message.complete)
    return message.readableLength >= message.readableHighWaterMark ? 'us' : 'body'
  if (unsent(socket) > 0) return 'reading'
  if (connection.unanswered > 0) return 'us'
  if (message === null) return 'head'
  connection.idleAt ??= socket.bytesRead
  return socket.bytesRead > connection.idleAt ? 'head' : 'idle' // keepAliveTimeout ends an idle one
}

const progressOf = (socket: Socket, phase: Phase): number =>
  phase === 'reading' ? socket.bytesWritten - unsent(socket) : socket.bytesRead

/**
 * Bytes that the system has not accepted yet. A large chunk counts as unsent as a whole until its end,
 * unless libuv is queried, as Node's own idle timer does (`_onTimeout` of its net.js, Node 24).
 */
function unsent(socket: Socket): number {
  const { _handle: handle } = socket as { _handle?: { writeQueueSize?: number } | null }
  const inFlight = handle?.writeQueueSize ?? 0
  const notHandedOver =
    socket.bytesWritten - ((socket as { _bytesDispatched?: number })._bytesDispatched ?? socket.bytesWritten)
  return inFlight + notHandedOver
}

function cut(connection: Connection): void {
  if (connection.phase === 'reading') discard(connection.socket)
  else end(connection, connection.phase === 'body' ? slowBody() : slowHead())
}

/** Unread data need not be sent by the system either. The private socket of a process has no reset: it would throw. */
function discard(socket: Socket): void {
  if (socket.remoteAddress === undefined) socket.destroy()
  else socket.resetAndDestroy()
}

function end({ socket, message, response, unanswered }: Connection, error: DarkroomError): void {
  const current = message && !message.complete ? response : null
  const mayAnswer = current ? unanswered === 1 && !current.headersSent : unanswered === 0
  if (!mayAnswer || !socket.writable) {
    socket.destroy()
    return
  }
  if (current) current.statusCode = STATUS_OF[error.code] // for the statistics of responses
  socket.end(rawRefusal(error, current ? (message?.url ?? '/').split('?')[0]!.slice(0, 200) : '/'))
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}

const slowBody = (): DarkroomError =>
  new DarkroomError('too_slow', {
    what: 'The request timed out',
    why: `less than ${LEAST_BYTES / 1000} kB of its body arrived in ${WINDOW_MS / 1000} seconds`,
    remedy: 'Send it again over a faster connection, or in smaller parts.',
  })
const slowHead = (): DarkroomError =>
  new DarkroomError('too_slow', {
    what: 'The request timed out',
    why: `its headers were not complete after ${WINDOW_MS / 1000} seconds`,
    remedy: 'Send it again.',
  })

function byTimer(ms: number, then: () => void): () => void {
  const timer = setInterval(then, ms)
  timer.unref()
  return () => clearInterval(timer)
}
