/** Refuses a prediction that would wait too long before its body is read, at the cost of a few lines: what is
 *  refused must not slow what was admitted. Whether there is room, lib/serving knows. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { darkroom } from '#lib/http/context.ts'
import type { OutgoingResponse } from '#lib/http/outgoing.ts'
import { problemOf } from '#lib/http/problem.ts'
import { headersFor } from './security-headers.ts'
import { writeAnswer } from './write-response.ts'

const PREDICT = '/api/predict'
/** A body so short has arrived with its headers, or nearly: the connection stays open, and what is left of the
 *  body is discarded by Node. */
const SHORT_BODY_BYTES = 64 * 1024

/** True: refused, and answered. Writes no line in the log: refusals are counted and reported each second. */
export function refusedWhenFull(message: IncomingMessage, response: ServerResponse): boolean {
  const problem = refusalOf(message)
  if (problem === null) return false
  writeAnswer(problem, message, response)
  return true
}

/** The same before anything else looks at the request, where that needs no look: no other origin that would have
 *  to read the answer, and a body so short that the connection can go on. */
export function refusedAtOnce(message: IncomingMessage, response: ServerResponse): boolean {
  const { headers } = message
  if (headers.origin !== undefined || !(Number(headers['content-length']) <= SHORT_BODY_BYTES)) return false
  const problem = refusalOf(message)
  if (problem === null) return false
  const all = {
    ...headersFor(message),
    ...problem.headers,
    'content-length': Buffer.byteLength(problem.body),
  }
  response.writeHead(problem.status, Object.entries(all).flat())
  response.end(problem.body)
  return true
}

function refusalOf({ method, url }: IncomingMessage): (OutgoingResponse & { readonly body: string }) | null {
  if (method !== 'POST' || !isPredict(url)) return null
  const refusal = darkroom().serving.refusal()
  if (refusal === null) return null
  const requestId = randomUUID()
  // a DarkroomError is never logged
  const problem = problemOf(refusal, { instance: PREDICT, requestId, log: () => {} })
  return { ...problem, headers: { ...problem.headers, 'x-request-id': requestId } }
}

const isPredict = (url = ''): boolean =>
  url.startsWith(PREDICT) && (url.length === PREDICT.length || url.charAt(PREDICT.length) === '?')
