/**
 * Passes requests on to a web process over its private socket, and its response back, both as streams. The
 * address of the client and the requested host arrive unchanged; the server has removed what a client may not
 * state about itself.
 */
import type { Agent as HttpAgent, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { DarkroomError } from '#lib/domain/errors.ts'
import { Agent, request as send } from './node-http.ts'
import type { Pages } from './web-server.ts'
import { afterRest } from './write-response.ts'

/**
 * These describe one connection, not the request (RFC 9110 §7.6.1). Names that a client lists in its Connection
 * header are passed on nevertheless: otherwise it could remove the address that is added here.
 */
const OF_ONE_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
/** Shorter than the server's own limit (web-server.ts), so that it never closes a connection that is being used. */
const IDLE_MS = 30_000
const TRY_AGAIN_MS = 50
/** How long the first requests of a start wait for a web process. */
const LONGEST_START_MS = 60_000
/** No process listens on the socket any more, or it does not exist yet. */
const NOT_THERE: Readonly<Record<string, 'ended' | 'not started'>> = {
  ECONNREFUSED: 'ended',
  ENOENT: 'not started',
}

export type PageProxy = Pages &
  Disposable & {
    /** For development: joins two connections after an upgrade to another protocol. */
    readonly upgrade: (request: IncomingMessage, socket: Socket, head: Buffer) => void
  }

/** `sockets`: of all web processes; requests go to each in turn, and past those that do not run. */
export function createPageProxy(sockets: readonly string[]): PageProxy {
  const agents = sockets.map((socketPath) => ({
    socketPath,
    agent: new Agent({ keepAlive: true, timeout: IDLE_MS }),
  }))
  const startedAt = performance.now()
  let wasThere = false
  let turn = 0

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (;;) {
      for (let tried = 0; tried < agents.length; tried++) {
        if (response.destroyed) return // the client has left meanwhile
        const target = agents[turn++ % agents.length]!
        const result = await passedOn(request, response, target)
        wasThere ||= result !== 'not started'
        if (result === 'answered') return
      }
      if (wasThere || performance.now() - startedAt > LONGEST_START_MS) throw noWebProcess()
      await wait(TRY_AGAIN_MS)
    }
  }

  return {
    handle,
    upgrade(request, socket, head) {
      const other = connect(sockets[0]!)
      const end = (): void => {
        other.destroy()
        socket.destroy()
      }
      other.once('error', end).once('close', end)
      socket.once('error', end).once('close', end)
      const { rawHeaders, method, url, httpVersion } = request
      const lines = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : []))
      other.write(`${[`${method} ${url} HTTP/${httpVersion}`, ...lines].join('\r\n')}\r\n\r\n`)
      other.write(head)
      other.pipe(socket).pipe(other)
    },
    [Symbol.dispose]: () => agents.forEach(({ agent }) => agent.destroy()),
  }
}

type Target = { readonly socketPath: string; readonly agent: HttpAgent }

/** Resolves when the response has ended, or the client has disconnected; rejects if it broke off before it began. */
function passedOn(
  request: IncomingMessage,
  response: ServerResponse,
  { socketPath, agent }: Target,
): Promise<'answered' | 'ended' | 'not started'> {
  return new Promise((resolve, reject) => {
    const onward = send({
      socketPath,
      agent,
      method: request.method,
      path: request.url,
      headers: headersOnward(request),
      setHost: false,
    })
    const leave = (): void => void onward.destroy()
    response.once('close', leave)
    let isAnswered = false
    onward.once('response', (answer) => {
      isAnswered = true
      if (!request.complete) response.shouldKeepAlive = false
      copyAnswer(answer, response)
      answer.once('close', () => {
        response.off('close', leave)
        if (!answer.complete) response.destroy()
        else if (request.complete) response.end()
        else {
          // The rest of the body is discarded, so that the client reads the response.
          request.unpipe(onward)
          onward.destroy()
          afterRest(request, () => response.end())
        }
        resolve('answered')
      })
    })
    onward.once('error', (error: NodeJS.ErrnoException) => {
      response.off('close', leave)
      const absence = NOT_THERE[error.code ?? '']
      if (absence) return resolve(absence)
      request.unpipe(onward)
      if (isAnswered) return // the end of the answer decides
      if (response.destroyed) return resolve('answered')
      reject(error)
    })
    // A body is taken from the client only when a process reads it; with Expect, when that requests it.
    if (!hasBody(request)) onward.end()
    else if (request.headers.expect !== undefined)
      onward.once('continue', () => request.pipe(onward)).flushHeaders()
    else
      onward.once('socket', (socket) => {
        const go = (): void => void request.pipe(onward)
        if (socket.connecting) socket.once('connect', go)
        else go()
      })
  })
}

function copyAnswer(answer: IncomingMessage, response: ServerResponse): void {
  const { rawHeaders, statusCode = 502, statusMessage } = answer
  const values = new Map<string, string[]>()
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase()
    if (!OF_ONE_CONNECTION.has(name)) values.set(name, [...(values.get(name) ?? []), rawHeaders[i + 1]!])
  }
  for (const [name, all] of values) {
    // Vary: Origin was set for pages of other sites (cross-origin.ts).
    if (name === 'vary') response.appendHeader(name, all)
    else response.setHeader(name, all.length === 1 ? all[0]! : all)
  }
  if (/\bclose\b/i.test(answer.headers.connection ?? '')) response.shouldKeepAlive = false
  response.writeHead(statusCode, statusMessage)
  response.flushHeaders()
  answer.pipe(response, { end: false })
}

/** The headers as they were received, with the address of the peer where no trusted proxy has named the client. */
function headersOnward(request: IncomingMessage): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {}
  for (const [name, value] of Object.entries(request.headers))
    if (!OF_ONE_CONNECTION.has(name)) headers[name] = value
  headers['x-forwarded-for'] ??= request.socket.remoteAddress ?? 'unknown'
  if (request.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked'
  return headers
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

const noWebProcess = (): DarkroomError =>
  new DarkroomError(
    'not_ready',
    {
      what: 'This request cannot be answered now',
      why: 'the web process is restarting',
      remedy: 'Try again in a few seconds. Predictions are not affected.',
    },
    { retryAfterSeconds: 2 },
  )
