/**
 * Refuses a prediction that would wait too long before its body is read, at minimal cost: refused requests
 * must not slow the admitted ones. lib/serving knows whether there is capacity.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { darkroom } from '#lib/http/context.ts'
import type { OutgoingResponse } from '#lib/http/outgoing.ts'
import { problemOf } from '#lib/http/problem.ts'
import { completeHead } from './security-headers.ts'
import { writeAnswer } from './write-response.ts'

const PREDICT = '/api/predict'
/**
 * A body this short has mostly arrived with its headers: the connection stays open, and Node discards the
 * rest of the body.
 */
const SHORT_BODY_BYTES = 64 * 1024

/**
 * True when the request was refused and answered. Writes no log line: refusals are counted and reported
 * once a second.
 */
export function refusedWhenFull(message: IncomingMessage, response: ServerResponse): boolean {
  const problem = refusalOf(message)
  if (problem === null) return false
  writeAnswer(problem, message, response)
  return true
}

/**
 * The same, before any other check of the request, for simple cases: no other origin that would have to
 * read the response, and a body so short that the connection can continue.
 */
export function refusedAtOnce(message: IncomingMessage, response: ServerResponse): boolean {
  const { headers } = message
  if (headers.origin !== undefined || !(Number(headers['content-length']) <= SHORT_BODY_BYTES)) return false
  const problem = refusalOf(message)
  if (problem === null) return false
  response.writeHead(problem.status, completeHead(message, problem.headers, Buffer.byteLength(problem.body)))
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
