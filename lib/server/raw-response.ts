/**
 * A refusal as bytes for a socket, where Node has no response object to write to: incomplete headers, or a
 * body that stopped. The text is the problem document's, as for every other refusal.
 */
import { randomUUID } from 'node:crypto'
import type { DarkroomError } from '#lib/domain/errors.ts'
import { problemOf } from '#lib/http/problem.ts'
import { STATUS_CODES } from './node-http.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** The complete response to `error`; the connection ends with it. */
export function rawRefusal(error: DarkroomError, instance: string): Buffer {
  const requestId = randomUUID()
  // a DarkroomError is never logged
  const { status, headers, body } = problemOf(error, { instance, requestId, log: () => {} })
  const text = Buffer.from(String(body))
  const all = {
    ...SECURITY_HEADERS,
    ...headers,
    'x-request-id': requestId,
    date: new Date().toUTCString(),
    'content-length': text.byteLength,
    connection: 'close',
  }
  const lines = Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n`, 'latin1'),
    text,
  ])
}
