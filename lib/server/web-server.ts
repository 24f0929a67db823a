/** The listening side of a web process: plain node:http, the door first, then Next. It is up before the
 *  program and the pages are, and lets who comes early wait. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  createServer as createAcceptor,
  type AddressInfo,
  type Server as AcceptingServer,
  type Socket,
} from 'node:net'
import { DarkroomError } from '#lib/domain/errors.ts'
import { METHODS, parserRefusal, type Gate } from './request-validation.ts'
import { GuardedResponse } from './security-headers.ts'
import { watchSlowConnections } from './slow-connections.ts'

/** A second line behind slow-connections.ts, which ends headers after 30 s. */
const LONGEST_HEADERS_MS = 60_000
/** Longer than the idle time of usual proxies (60 s), so that it is they who close. */
const KEEP_ALIVE_MS = 65_000
/** What still runs then is cut: streams of events never end by themselves. */
const LONGEST_DRAIN_MS = 8_000
/** Connections that wait to be accepted. Node asks for 511; a burst of more would wait for TCP to try again, 1 to
 *  7 s later. The system may allow fewer (net.core.somaxconn). */
const BACKLOG = 4_096
const SAID_BY_PROXIES = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
] as const
const NO_PAGES =
  'This page is not available: the pages are not ready, or not built. See the log in ' +
  'DATA_DIR/logs. POST /api/predict works.\n'
const EVENTS = 'text/event-stream'

export type Pages = {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>
}

export type WebServerParts = {
  /** Settled when requests may be answered. */
  readonly open: Promise<unknown>
  readonly pages: Promise<Pages>
  /** Refuses what HTTP does not allow, and host names that are not ours. */
  readonly gate: Gate
  /** Answers what goes before Next; false: it did not. */
  readonly door: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Refuses at once what there is no room for; false: it did not. */
  readonly shed: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Whether a proxy of ours stands before us; else what a request says of its way is a stranger's word. */
  readonly trustsProxy: boolean
  /** Whether Next reloads pages while they are written; it listens for its websocket on this server by
   *  itself. */
  readonly isDevelopment: boolean
  readonly answered: (status: number) => void
  readonly failed: (error: unknown) => void
}

export type WebServer = {
  /** On an address, or on a socket that is bound already. Answers the port. */
  readonly listen: (place: { readonly port: number; readonly host: string } | object) => Promise<number>
  /** Accepts from one more copy of the socket that it listens on. */
  readonly acceptFrom: (copy: object) => void
  /** Accepts nothing more, and is done when what was begun is answered. */
  readonly drain: () => Promise<void>
}

export function createWebServer({
  open,
  pages,
  gate,
  door,
  shed,
  trustsProxy,
  isDevelopment,
  answered,
  failed,
}: WebServerParts): WebServer {
  const running = new Set<ServerResponse>()
  const acceptors: AcceptingServer[] = []
  let isOpen = false
  let isDraining = false
  let drained = () => {}
  open.then(
    () => {
      isOpen = true
    },
    () => {},
  )

  const options = {
    ServerResponse: GuardedResponse,
    headersTimeout: LONGEST_HEADERS_MS,
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requireHostHeader: false, // the gate says so in our words
    // Other protocols are an offer that may be ignored (RFC 9110 §7.8): the request is answered as any other.
    shouldUpgradeCallback: ({ url = '' }: IncomingMessage) => isDevelopment && url.startsWith('/_next/'),
  }
  const server = createServer(options, begin)
  // Asked for beforehand, the body is wanted only when somebody begins to read it: what is refused by its
  // headers is never sent.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    continueWhenRead(request, response)
    begin(request, response)
  })
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    response.shouldKeepAlive = false
    begin(request, response)
  })
  server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else slow.refuse(socket, parserRefusal(error, error.rawPacket))
  })
  server.on('connect', (_request, socket: Socket) => slow.refuse(socket, NO_TUNNEL))
  const slow = watchSlowConnections(server, () => performance.now())

  function begin(request: IncomingMessage, response: ServerResponse): void {
    if (!trustsProxy) for (const name of SAID_BY_PROXIES) delete request.headers[name]
    if (isOpen && !isDraining && shed(request, response)) {
      slow.answered(request, response)
      answered(response.statusCode)
      return
    }
    running.add(response)
    if (isDraining) response.setHeader('connection', 'close')
    response.once('close', () => {
      running.delete(response)
      answered(response.statusCode)
      if (isDraining && running.size === 0) drained()
    })
    slow.watch(request, response)
    if (gate(request, response) || (isOpen && door(request, response))) return
    later(request, response).catch((error: unknown) => {
      failed(error)
      if (response.headersSent) response.destroy()
      else
        response
          .writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '5' })
          .end(NO_PAGES)
    })
  }

  async function later(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isOpen) {
      await open
      if (door(request, response)) return
    }
    await (await pages).handle(request, response)
  }

  return {
    listen: (place) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        // listening on a port, never on a pipe
        server.listen(place, BACKLOG, () => resolve((server.address() as AddressInfo).port))
      }),
    acceptFrom(copy) {
      const acceptor = createAcceptor({ allowHalfOpen: true, noDelay: true }, (socket) =>
        server.emit('connection', socket),
      )
      acceptors.push(acceptor.listen(copy, BACKLOG))
    },
    async drain() {
      isDraining = true
      for (const acceptor of acceptors) acceptor.close()
      server.close()
      server.closeIdleConnections()
      for (const response of running)
        if (String(response.getHeader('content-type')).startsWith(EVENTS)) response.end()
      if (running.size > 0) {
        let timer: NodeJS.Timeout | undefined
        await Promise.race([
          new Promise<void>((resolve) => {
            drained = resolve
          }),
          new Promise<void>((resolve) => {
            timer = setTimeout(resolve, LONGEST_DRAIN_MS)
          }),
        ])
        clearTimeout(timer)
      }
      server.closeAllConnections()
      slow[Symbol.dispose]()
    },
  }
}

/** Sends "100 Continue" with the first reading. Without it the connection ends with the answer: nobody knows
 *  whether the body still comes. */
function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const { shouldKeepAlive } = response
  const read = request._read.bind(request)
  response.shouldKeepAlive = false
  request._read = (size) => {
    request._read = read
    if (!response.headersSent) {
      response.shouldKeepAlive = shouldKeepAlive
      response.writeContinue()
    }
    read(size)
  }
}

const NO_TUNNEL = new DarkroomError(
  'method_not_allowed',
  {
    what: 'CONNECT is not supported',
    why: 'this server is not a proxy',
    remedy: 'Send the request directly to its target.',
  },
  { members: { allow: METHODS.join(', ') } },
)
