/** Refuses a prediction that would wait too long before its body is read, at the cost of a few lines: what is
 *  refused must not slow what was admitted. Whether there is room, lib/serving knows. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { darkroom } from '#lib/http/context.ts'
import { problemOf } from '#lib/http/problem.ts'
import { writeAnswer } from './write-answer.ts'

const PREDICT = '/api/predict'

/** True: refused, and answered. Writes no line in the log: the serving room counts refusals and reports them
 *  each second. */
export function refusedWhenFull(message: IncomingMessage, response: ServerResponse): boolean {
  if (message.method !== 'POST' || !isPredict(message.url)) return false
  const refusal = darkroom().serving.refusal()
  if (refusal === null) return false
  const requestId = randomUUID()
  // a DarkroomError is never logged
  const { headers, ...outgoing } = problemOf(refusal, { instance: PREDICT, requestId, log: () => {} })
  writeAnswer({ ...outgoing, headers: { ...headers, 'x-request-id': requestId } }, message, response)
  return true
}

const isPredict = (url = ''): boolean =>
  url.startsWith(PREDICT) && (url.length === PREDICT.length || url.charAt(PREDICT.length) === '?')
