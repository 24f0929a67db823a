/**
 * The HTTP server of a process: plain node:http, the fast path first, then the pages, here or in another process.
 * It listens before the program and the pages are ready; early requests wait.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  createServer as createAcceptor,
  type AddressInfo,
  type Server as AcceptingServer,
  type Socket,
} from 'node:net'
import { DarkroomError, isDarkroomError } from '#lib/domain/errors.ts'
import { limitChunks } from './chunk-limit.ts'
import { createServer } from './node-http.ts'
import { createPipelining } from './pipelined-requests.ts'
import { METHODS, parserRefusal, refuse, type Gate } from './request-validation.ts'
import { GuardedResponse } from './security-headers.ts'
import { watchSlowConnections } from './slow-connections.ts'

/** A fallback for slow-connections.ts, which ends incomplete headers after 30 s. */
const LONGEST_HEADERS_MS = 60_000
/** Longer than the idle time of usual proxies (60 s), so that the proxy closes the connection. */
const KEEP_ALIVE_MS = 65_000
/** Responses still running then are cut off: event streams never end on their own. */
const LONGEST_DRAIN_MS = 8_000
/**
 * Connections waiting to be accepted. Node's default is 511; larger bursts would wait 1 to 7 s for a TCP retry.
 * The system may allow fewer (net.core.somaxconn).
 */
const BACKLOG = 4_096
const PROXY_HEADERS = [
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
  /** A rejection with a DarkroomError is answered with it. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** Joins a connection that changes its protocol with another one; only during development. */
  readonly upgrade?: (request: IncomingMessage, socket: Socket, head: Buffer) => void
}

export type WebServerParts = {
  /** Settled when requests may be answered. */
  readonly open: Promise<unknown>
  readonly pages: Promise<Pages>
  /** Refuses what HTTP does not allow, and unknown host names. */
  readonly validate: Gate
  /** Handles requests that bypass Next; false if it did not handle this one. */
  readonly answerDirectly: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Refuses requests beyond capacity immediately; false if it did not refuse this one. */
  readonly refuseOverload: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Whether a trusted proxy forwards requests; otherwise forwarding headers come from clients and are removed. */
  readonly trustsProxy: boolean
  /** Whether Next reloads pages during development over a websocket. */
  readonly isDevelopment: boolean
  readonly answered: (status: number) => void
  readonly failed: (error: unknown) => void
}

export type WebServer = {
  /** Listens on an address, an already bound socket, or a path; resolves to the port, 0 for a path. */
  readonly listen: (
    place: { readonly port: number; readonly host: string } | object | string,
  ) => Promise<number>
  /** Accepts connections from a further socket, until what it returns is called. */
  readonly acceptFrom: (socket: object) => () => void
  /** Stops accepting connections; resolves when all requests in progress are answered. */
  readonly drain: () => Promise<void>
}

export function createWebServer({
  open,
  pages,
  validate,
  answerDirectly,
  refuseOverload,
  trustsProxy,
  isDevelopment,
  answered,
  failed,
}: WebServerParts): WebServer {
  const running = new Set<ServerResponse>()
  const acceptors = new Set<AcceptingServer>()
  let isOpen = false
  let isDraining = false
  let drained = () => {}
  open.then(
    () => {
      isOpen = true
    },
    () => {},
  )

  const inTurn = createPipelining()
  const options = {
    ServerResponse: GuardedResponse,
    headersTimeout: LONGEST_HEADERS_MS,
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requireHostHeader: false, // the host check returns our own error
    // A client's offer to upgrade may be ignored (RFC 9110 §7.8): the request is answered as usual.
    shouldUpgradeCallback: ({ url = '' }: IncomingMessage) => isDevelopment && url.startsWith('/_next/'),
  }
  const server = createServer(options, (request, response) => inTurn(request, response, handle))
  // With Expect: 100-continue, the body is requested only when a handler reads it, so a request refused by its
  // headers never sends one.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    continueWhenRead(request, response)
    inTurn(request, response, handle)
  })
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    response.shouldKeepAlive = false
    inTurn(request, response, handle)
  })
  server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else slow.refuse(socket, parserRefusal(error, error.rawPacket))
  })
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    pages.then(
      ({ upgrade }) => upgrade?.(request, socket, head), // Next listens to this event itself where it is here
      () => socket.destroy(),
    )
  })
  server.on('connect', (_request, socket: Socket) => slow.refuse(socket, NO_TUNNEL))
  const slow = watchSlowConnections(server, () => performance.now())

  function handle(request: IncomingMessage, response: ServerResponse): void {
    limitChunks(request, (error) => slow.refuse(request.socket, error))
    if (!trustsProxy) removeProxyHeaders(request.headers)
    if (isOpen && !isDraining && refuseOverload(request, response)) {
      slow.answered(request, response)
      answered(response.statusCode)
      return
    }
    running.add(response)
    if (isDraining) response.setHeader('connection', 'close')
    response.on('close', () => {
      running.delete(response)
      answered(response.statusCode)
      if (isDraining && running.size === 0) drained()
    })
    slow.watch(request, response)
    if (validate(request, response) || (isOpen && answerDirectly(request, response))) return
    later(request, response).catch((error: unknown) => {
      if (isDarkroomError(error) && !response.headersSent) return refuse(error, request, response)
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
      if (answerDirectly(request, response)) return
    }
    await (await pages).handle(request, response)
  }

  return {
    listen: (place) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(place, BACKLOG, () => resolve(portOf(server.address())))
      }),
    acceptFrom(socket) {
      const acceptor = createAcceptor({ allowHalfOpen: true, noDelay: true }, (connection) =>
        server.emit('connection', connection),
      )
      acceptors.add(acceptor.on('error', failed).listen(socket, BACKLOG))
      return () => {
        acceptor.close()
        acceptors.delete(acceptor)
      }
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

function removeProxyHeaders(headers: IncomingMessage['headers']): void {
  for (const name of PROXY_HEADERS) if (headers[name] !== undefined) delete headers[name]
}

/**
 * Sends "100 Continue" on the first read. Without it, the connection closes after the response, because the
 * client may or may not still send the body.
 */
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

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' ? (address?.port ?? 0) : 0

const NO_TUNNEL = new DarkroomError(
  'method_not_allowed',
  {
    what: 'CONNECT is not supported',
    why: 'this server is not a proxy',
    remedy: 'Send the request directly to its target.',
  },
  { members: { allow: METHODS.join(', ') } },
)
