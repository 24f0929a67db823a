/**
 * Requests that a client sends on one connection before it has read the responses to earlier ones: each is handled
 * when the response before it has been sent. Node would handle all of them at the same time, and keep their responses
 * in memory until the client reads them. It answers nothing itself.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Of one connection. Browsers send none; a benchmark that uses pipelining sends 10 to 20. */
const MOST_WAITING = 64
/** Of all connections of a process: a waiting request takes about 3 kB. */
const MOST_WAITING_IN_ALL = 2_048

type Line = { readonly waiting: Turn[]; isEnded: boolean }
type Turn = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void
}

/**
 * Calls `handle` now, or when the earlier requests of the same connection have been answered. A connection with too
 * many waiting requests is closed: HTTP lets a client repeat those that were not answered (RFC 9112, section 9.3.2).
 */
export type InTurn = (request: IncomingMessage, response: ServerResponse, handle: Turn['handle']) => void

export function createPipelining(): InTurn {
  /** Of each connection with a request in progress. */
  const lines = new WeakMap<Socket, Line>()
  let waitingInAll = 0

  function begin({ request, response, handle }: Turn, line: Line): void {
    response.on('close', () => next(request.socket, line))
    handle(request, response)
  }

  function next(socket: Socket, line: Line): void {
    if (!socket.writable) return forget(line) // closed, or closing after this response
    const turn = line.waiting.shift()
    if (turn === undefined) {
      lines.delete(socket)
      return
    }
    waitingInAll -= 1
    if (line.waiting.length === 0) socket.resume()
    begin(turn, line)
  }

  function forget(line: Line): void {
    waitingInAll -= line.waiting.splice(0).length
    line.isEnded = true
  }

  return (request, response, handle) => {
    const { socket } = request
    const line = lines.get(socket)
    const turn = { request, response, handle }
    if (line === undefined) {
      const first: Line = { waiting: [], isEnded: false }
      lines.set(socket, first)
      begin(turn, first)
      return
    }
    if (line.isEnded) return
    if (line.waiting.length >= MOST_WAITING || waitingInAll >= MOST_WAITING_IN_ALL) {
      forget(line)
      socket.destroy()
      return
    }
    line.waiting.push(turn)
    waitingInAll += 1
    if (!hasBody(request)) socket.pause() // what has not arrived yet waits with the client
  }
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
