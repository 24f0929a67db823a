/**
 * Refuses a prediction that would wait too long before its body is read, at minimal cost: refused requests
 * must not slow the admitted ones. lib/serving knows whether there is capacity.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { DarkroomError } from '#lib/domain/errors.ts'
import { darkroom } from '#lib/http/context.ts'
import type { OutgoingResponse } from '#lib/http/outgoing.ts'
import { problemOf } from '#lib/http/problem.ts'
import { completeHead, headersFor } from './security-headers.ts'
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
  const refusal = refusalOf(message)
  if (refusal === null) return false
  const requestId = randomUUID()
  const { status, headers } = refusal.problem
  const body = refusal.before + requestId + refusal.after
  writeAnswer({ status, headers: { ...headers, 'x-request-id': requestId }, body }, message, response)
  return true
}

/**
 * The same, before any other check of the request, for simple cases: no other origin that would have to
 * read the response, and a body so short that the connection can continue.
 */
export function refusedAtOnce(message: IncomingMessage, response: ServerResponse): boolean {
  const { headers } = message
  if (headers.origin !== undefined || !(Number(headers['content-length']) <= SHORT_BODY_BYTES)) return false
  const refusal = refusalOf(message)
  if (refusal === null) return false
  const requestId = randomUUID()
  response.writeHead(refusal.problem.status, [...headOf(refusal, message), 'x-request-id', requestId])
  response.end(refusal.before + requestId + refusal.after)
  return true
}

/** A refusal as text: admission repeats the same error for a moment, and only the id of the request differs. */
type WrittenRefusal = {
  readonly error: DarkroomError
  readonly problem: OutgoingResponse
  /** The body before and after the id. */
  readonly before: string
  readonly after: string
  /** The head without the id, and the headers of every response that it contains. */
  head: { readonly usual: object; readonly all: readonly string[] } | null
}

const PLACEHOLDER_ID = '00000000-0000-0000-0000-000000000000'
let latest: WrittenRefusal | null = null

function refusalOf({ method, url }: IncomingMessage): WrittenRefusal | null {
  if (method !== 'POST' || !isPredict(url)) return null
  const error = darkroom().serving.refusal()
  if (error === null) return null
  if (latest?.error !== error) latest = written(error)
  return latest
}

function written(error: DarkroomError): WrittenRefusal {
  // a DarkroomError is never logged
  const problem = problemOf(error, { instance: PREDICT, requestId: PLACEHOLDER_ID, log: () => {} })
  const [before = '', after = ''] = problem.body.split(PLACEHOLDER_ID)
  return { error, problem, before, after, head: null }
}

function headOf(refusal: WrittenRefusal, message: IncomingMessage): readonly string[] {
  const usual = headersFor(message)
  if (refusal.head?.usual !== usual) {
    const bytes = Buffer.byteLength(refusal.before + PLACEHOLDER_ID + refusal.after)
    refusal.head = { usual, all: completeHead(message, refusal.problem.headers, bytes) }
  }
  return refusal.head.all
}

const isPredict = (url = ''): boolean =>
  url.startsWith(PREDICT) && (url.length === PREDICT.length || url.charAt(PREDICT.length) === '?')
