/** The door: what is answered on Node's own request and response, before Next is asked: a few hot paths, by the same code as their routes,
 *  and the addresses of earlier projects, which pages share. All other paths it leaves alone. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { healthLive } from '#lib/contracts/operations.ts'
import { predictOne } from '#lib/contracts/predict.ts'
import { darkroom } from './context.ts'
import { admitOrigin } from './cross-origin.ts'
import { handling } from './handle.ts'
import type { Handle } from './handle.ts'
import { fromNode } from './incoming.ts'
import { LEGACY } from './legacy.ts'
import type { Outgoing } from './outgoing.ts'

const HOT: Readonly<Record<string, Handle>> = {
  'POST /api/predict': handling(predictOne, (input, asked) => darkroom().serving.predict(input, asked)),
  'GET /api/health/live': handling(healthLive, (input, asked) => darkroom().operations.healthLive(input, asked)),
}

/** How long what a refused sender still sends is thrown away, so that it can read why it was refused. */
const LINGER_MS = 1_000

/** True: answered here. False: somebody else's. */
export type Door = (message: IncomingMessage, response: ServerResponse) => boolean

/** All that goes before Next. */
export const door: Door = (message, response) => admitted(message, response) || answered(HOT, message, response) || answered(LEGACY, message, response)

/** With DOOR=off the hot paths are left to Next. */
export const doorWithoutHotPaths: Door = (message, response) => admitted(message, response) || answered(LEGACY, message, response)

const admitted: Door = (message, response) => message.headers.origin !== undefined && admitOrigin(message, response, darkroom().settings().corsOrigins)

function answered(handles: Readonly<Record<string, Handle>>, message: IncomingMessage, response: ServerResponse): boolean {
  const target = message.url ?? ''
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const handle = handles[`${message.method} ${path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path}`]
  if (!handle) return false
  void answer(handle, message, response)
  return true
}

async function answer(handle: Handle, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) gone.abort()
  })
  const outgoing = await handle(fromNode(message, gone.signal))
  if (response.destroyed) return
  write(outgoing, response)
  if (!message.complete) discard(message)
}

/** Hot answers are whole: texts and bytes, never streams. */
function write({ status, headers, body }: Outgoing, response: ServerResponse): void {
  if (body !== null && typeof body !== 'string' && !(body instanceof Uint8Array)) throw new Error('the door answers no streams')
  const bytes = body === null ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
  response.writeHead(status, { ...headers, 'content-length': bytes })
  response.end(body)
}

function discard(message: IncomingMessage): void {
  message.resume()
  const timer = setTimeout(() => message.destroy(), LINGER_MS)
  message.once('close', () => clearTimeout(timer))
  timer.unref()
}
