/** The door: what is answered on Node's own request and response, before Next is asked: a few hot paths, by the same code as their routes,
 *  and the addresses of earlier projects, which pages share. All other paths it leaves alone. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { modelInfo } from '#lib/contracts/models.ts'
import { health, healthLive } from '#lib/contracts/operations.ts'
import { predictOne } from '#lib/contracts/predict.ts'
import { statistics } from '#lib/contracts/predictions.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { darkroom } from './context.ts'
import { admitOrigin } from './cross-origin.ts'
import { answering, handling } from './handle.ts'
import type { Handle } from './handle.ts'
import { fromNode } from './incoming.ts'
import { LEGACY } from './legacy.ts'
import { metricsByAccept } from './metrics.ts'
import type { Outgoing } from './outgoing.ts'

/** What scripts ask in numbers, and what monitors ask again and again; not whether all is ready, which Next's own readiness is a part of. */
const HOT: Readonly<Record<string, Handle>> = {
  'POST /api/predict': handling(predictOne, (input, asked) => darkroom().serving.predict(input, asked)),
  'GET /api/health/live': handling(healthLive, (input, asked) => darkroom().operations.healthLive(input, asked)),
  'GET /api/health': handling(health, (input, asked) => darkroom().operations.health(input, asked)),
  'GET /api/metrics': metricsByAccept,
  'GET /api/statistics': handling(statistics, (input, asked) => darkroom().data.statistics(input, asked)),
  'GET /api/model/info': handling(modelInfo, (input, asked) => darkroom().training.modelInfo(input, asked)),
}

/** What Next could only fail at: it would answer 500, as if the mistake were ours. */
const NO_TRACE = answering(async ({ path }) => {
  throw new DarkroomError('method_not_allowed', { what: `${path.slice(0, 200)} does not take TRACE`, why: 'nothing here does', remedy: 'The reference is at /api/openapi.json.' }, { members: { allow: '' } })
})
const NO_SUCH_ADDRESS = answering(async ({ path }) => {
  throw new DarkroomError('malformed', { what: 'The address cannot be read', why: `the percent signs in ${path.slice(0, 200)} spell no text`, remedy: 'Write each as the UTF-8 bytes of a character, such as %C3%A4.' })
})

/** How long what a refused sender still sends is thrown away, so that it can read why it was refused. */
const LINGER_MS = 1_000

/** True: answered here. False: somebody else's. */
export type Door = (message: IncomingMessage, response: ServerResponse) => boolean

/** All that goes before Next. */
export const door: Door = (message, response) => admitted(message, response) || answered(HOT, message, response) || answered(LEGACY, message, response) || refused(message, response)

/** With DOOR=off the hot paths are left to Next. */
export const doorWithoutHotPaths: Door = (message, response) => admitted(message, response) || answered(LEGACY, message, response) || refused(message, response)

const admitted: Door = (message, response) => message.headers.origin !== undefined && admitOrigin(message, response, darkroom().settings().corsOrigins)

/** Addresses of pages are read by Next, which shows a page for what is not there. */
const refused: Door = (message, response) => {
  const path = pathOf(message)
  const refusal = message.method === 'TRACE' ? NO_TRACE : path.startsWith('/api/') && !isReadable(path) ? NO_SUCH_ADDRESS : null
  if (refusal === null) return false
  void answer(refusal, message, response)
  return true
}

function answered(handles: Readonly<Record<string, Handle>>, message: IncomingMessage, response: ServerResponse): boolean {
  const path = pathOf(message)
  const handle = handles[`${message.method} ${path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path}`]
  if (!handle) return false
  void answer(handle, message, response)
  return true
}

function pathOf({ url = '' }: IncomingMessage): string {
  const mark = url.indexOf('?')
  return mark < 0 ? url : url.slice(0, mark)
}

function isReadable(path: string): boolean {
  if (!path.includes('%')) return true
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

async function answer(handle: Handle, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) gone.abort()
  })
  const outgoing = await handle(fromNode(message, gone.signal))
  if (response.destroyed) return
  const body = begin(outgoing, response)
  if (message.complete) {
    response.end(body)
    return
  }
  response.write(body)
  afterRest(message, () => response.end())
}

/** Writes the head and gives the body. Hot answers are whole: texts and bytes, never streams. */
function begin({ status, headers, body }: Outgoing, response: ServerResponse): string | Uint8Array {
  if (body !== null && typeof body !== 'string' && !(body instanceof Uint8Array)) throw new Error('the door answers no streams')
  const bytes = body === null ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
  response.writeHead(status, { ...headers, 'content-length': bytes })
  return body ?? ''
}

/** The answer is out, but who still sends reads it only when they are done: ended at once, "connection: close" would break off their sending. */
function afterRest(message: IncomingMessage, end: () => void): void {
  const timer = setTimeout(() => message.destroy(), LINGER_MS)
  timer.unref()
  message.once('close', () => {
    clearTimeout(timer)
    end()
  })
  message.resume()
}
