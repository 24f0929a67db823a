/** Refuses a prediction that would wait too long before its body is read, at the cost of a few lines: what is
 *  refused must not slow what was admitted. Whether there is room, lib/serving knows. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { darkroom } from '#lib/http/context.ts'
import { problemOf } from '#lib/http/problem.ts'
import { headersFor } from './security-headers.ts'
import { writeAnswer } from './write-answer.ts'

const PREDICT = '/api/predict'
/** A body so short has arrived with its headers, or nearly: the connection stays open, and what is left of the
 *  body is discarded by Node. */
const SHORT_BODY_BYTES = 64 * 1024

/** True: refused, and answered. Writes no line in the log: refusals are counted and reported each second. */
export function refusedWhenFull(message: IncomingMessage, response: ServerResponse): boolean {
  if (message.method !== 'POST' || !isPredict(message.url)) return false
  const refusal = darkroom().serving.refusal()
  if (refusal === null) return false
  const requestId = randomUUID()
  const problem = problemOf(refusal, { instance: PREDICT, requestId, log: () => {} }) // a DarkroomError is never logged
  const headers = { ...problem.headers, 'x-request-id': requestId }
  if (typeof problem.body !== 'string' || !(Number(message.headers['content-length']) <= SHORT_BODY_BYTES)) {
    writeAnswer({ ...problem, headers }, message, response)
    return true
  }
  const all = { ...headersFor(message), ...headers, 'content-length': Buffer.byteLength(problem.body) }
  response.writeHead(problem.status, Object.entries(all).flat())
  response.end(problem.body)
  return true
}

const isPredict = (url = ''): boolean =>
  url.startsWith(PREDICT) && (url.length === PREDICT.length || url.charAt(PREDICT.length) === '?')
