/**
 * The fast path: requests answered on Node's own request and response, before Next: those that need the engine,
 * which only this process has, a few that are sent often, with the same code as their routes, and the addresses of
 * earlier projects, which are also pages. All other paths go to Next.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { modelInfo, promoteModel, rollback } from '#lib/contracts/models.ts'
import { health, healthLive } from '#lib/contracts/operations.ts'
import { predictBatch, predictOne } from '#lib/contracts/predict.ts'
import { predictionJobEvents } from '#lib/contracts/prediction-jobs.ts'
import { statistics } from '#lib/contracts/predictions.ts'
import { runEvents } from '#lib/contracts/retrain.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { refusedWhenFull } from './overload.ts'
import { darkroom } from '#lib/http/context.ts'
import { admitOrigin } from './cross-origin.ts'
import { respondWith, handlerOf } from '#lib/http/handler.ts'
import type { Handle } from '#lib/http/handler.ts'
import { fromNode, shortBodyOf } from '#lib/http/incoming.ts'
import { invalidInput } from '#lib/http/known-fields.ts'
import { LEGACY } from '#lib/http/legacy.ts'
import { metricsByAccept } from '#lib/http/metrics.ts'
import { methodNotSupported, noRoute } from '#lib/http/no-route.ts'
import { writeAnswer } from './write-response.ts'
import { isStream, writeStream } from './write-stream.ts'

/** Routes that need the engine; those that scripts call often and monitors poll, except readiness, which depends on
 *  the pages. */
const HOT: Readonly<Record<string, Handle>> = {
  'POST /api/predict': handlerOf(predictOne, (input, context) => darkroom().serving.predict(input, context)),
  'POST /api/predict/batch': handlerOf(predictBatch, (input, context) =>
    darkroom().serving.predictBatch(input, context),
  ),
  // A version is computed once with its test images before it may serve.
  'POST /api/models/rollback': handlerOf(rollback, (input, context) =>
    darkroom().training.rollback(input, context),
  ),
  'GET /api/health/live': handlerOf(healthLive, (input, context) =>
    darkroom().operations.healthLive(input, context),
  ),
  'GET /api/health': handlerOf(health, (input, context) => darkroom().operations.health(input, context)),
  'GET /api/metrics': metricsByAccept,
}

/** Read often, too, but through Prisma, which takes 24 MB in each process that loads it: where there is a web process
 *  behind, it answers them. */
const READ_THROUGH_PRISMA: Readonly<Record<string, Handle>> = {
  'GET /api/statistics': handlerOf(statistics, (input) => darkroom().queries.statistics(input)),
  'GET /api/model/info': handlerOf(modelInfo, (input, context) =>
    darkroom().training.modelInfo(input, context),
  ),
}

/** Event streams: through Next each takes 2 MB, here about 40 kB (2026-11). */
const STREAMS = /^\/api\/runs\/[^/]+\/events\/?$/
const runStream = handlerOf(runEvents, (input, context) => darkroom().queries.runEvents(input, context))
const PROMOTE = /^\/api\/models\/[^/]+\/promote\/?$/
const promotion = handlerOf(promoteModel, (input, context) =>
  darkroom().training.promoteModel(input, context),
)

/** Methods with which Next could only fail, or for which it would read a body. */
const OTHER_METHOD = respondWith(async ({ method, path }) => {
  const allow = await allowedAt(path)
  if (method === 'OPTIONS' && allow !== null) return { status: 204, headers: { allow }, body: null }
  throw allow === null ? noRoute(path) : methodNotSupported(path, method, allow)
})
/** Next's own files, and what its pages send to it in development. */
const OF_NEXT = /^\/(?:_next\/|__nextjs)/
const NO_SUCH_ADDRESS = respondWith(async ({ path }) => {
  throw new DarkroomError('malformed', {
    what: 'The URL cannot be read',
    why: `it contains invalid percent-encoding: ${path.slice(0, 200)}`,
    remedy: 'Encode each byte of the UTF-8 text, such as %C3%A4.',
  })
})

/** Next loses this name on the way to a route, which would then respond as if nothing had been sent. */
const LOST_NAME = respondWith(async () => {
  throw invalidInput([{ path: '__proto__', message: 'is not allowed here' }])
})

/** Returns true when it has answered the request; false leaves it to the next handler. */
export type FastPath = (message: IncomingMessage, response: ServerResponse) => boolean

/** Everything that a process answers itself which passes the rest on to a web process. */
export const fastPath: FastPath = (message, response) =>
  admitted(message, response) ||
  refusedWhenFull(message, response) ||
  answered(HOT, message, response) ||
  answeredByPattern(message, response) ||
  answered(LEGACY, message, response) ||
  refused(message, response)

/** What a web process behind such a process answers before Next. */
export const fastPathBehind: FastPath = (message, response) =>
  answered(READ_THROUGH_PRISMA, message, response) || followsJob(message, response)

/** Anyone may follow a job that was sent without a login: through Next, 300 streams take 600 MB. */
const JOB_STREAMS = /^\/api\/predict\/jobs\/[^/]+\/events\/?$/
const jobStream = handlerOf(predictionJobEvents, (input, context) =>
  darkroom().queries.predictionJobEvents(input, context),
)
const followsJob: FastPath = (message, response) => {
  if (message.method !== 'GET' || !JOB_STREAMS.test(pathOf(message))) return false
  answerOrDrop(jobStream, message, response)
  return true
}

/** Both, for the only process that answers requests. */
export const fastPathAlone: FastPath = (message, response) =>
  fastPath(message, response) || fastPathBehind(message, response)

/** With DOOR=off the hot paths are left to Next. */
export const fastPathWithoutHotPaths: FastPath = (message, response) =>
  admitted(message, response) ||
  refusedWhenFull(message, response) ||
  answered(LEGACY, message, response) ||
  refused(message, response)

const admitted: FastPath = (message, response) =>
  message.headers.origin !== undefined && admitOrigin(message, response, darkroom().settings().corsOrigins)

/** Next handles the addresses of pages, and shows a page for unknown ones. */
const refused: FastPath = (message, response) => {
  const path = pathOf(message)
  const refusal =
    refusalOf(message.method ?? 'GET', path) ??
    (path.startsWith('/api/') && holdsLostName(message) ? LOST_NAME : null)
  if (refusal === null) return false
  answerOrDrop(refusal, message, response)
  return true
}

function refusalOf(method: string, path: string): Handle | null {
  if (method === 'TRACE' || method === 'OPTIONS') return OTHER_METHOD
  if (path.startsWith('/api/')) return isReadable(path) ? null : NO_SUCH_ADDRESS
  const isRead = method === 'GET' || method === 'HEAD' || OF_NEXT.test(path)
  return isRead ? null : OTHER_METHOD
}

const holdsLostName = ({ url = '' }: IncomingMessage): boolean =>
  /(?:_|%5f){2}proto/i.test(url) && new URLSearchParams(url.split('?')[1]).has('__proto__')

/** The contracts are imported on first use: a start does not wait for all of them. */
async function allowedAt(path: string): Promise<string | null> {
  const { methodsAt } = await import('#lib/http/methods.ts')
  return methodsAt(path, Object.keys(LEGACY))?.join(', ') ?? null
}

function answered(
  handles: Readonly<Record<string, Handle>>,
  message: IncomingMessage,
  response: ServerResponse,
): boolean {
  const path = pathOf(message)
  const handle =
    handles[`${message.method} ${path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path}`]
  if (!handle) return false
  answerOrDrop(handle, message, response)
  return true
}

const answeredByPattern: FastPath = (message, response) => {
  const path = pathOf(message)
  const handle =
    (message.method === 'GET' && STREAMS.test(path) && runStream) ||
    (message.method === 'POST' && PROMOTE.test(path) && promotion)
  if (!handle) return false
  answerOrDrop(handle, message, response)
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

/** If a response cannot be written, logs it and closes the connection, so that the client does not wait. */
function answerOrDrop(handle: Handle, message: IncomingMessage, response: ServerResponse): void {
  answer(handle, message, response).catch((error: unknown) => {
    darkroom().log('error', 'A response could not be written', { error })
    response.destroy()
  })
}

async function answer(handle: Handle, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => {
    if (!response.writableFinished) gone.abort()
  })
  const short = shortBodyOf(message)
  const whole = short instanceof Promise ? await short : short
  const outgoing = await handle(fromNode(message, gone.signal, whole))
  if (isStream(outgoing.body)) await writeStream(outgoing, outgoing.body, response)
  else writeAnswer(outgoing, message, response)
}
