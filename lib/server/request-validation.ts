/**
 * Checks before the address of a request is routed: refuses what HTTP does not allow (RFC 9110, RFC 9112),
 * and host names that are not ours. It needs no running program, and knows no route.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { DarkroomError } from '#lib/domain/errors.ts'
import { hostOf, hostRule, type HostNames } from './hosts.ts'
import { problemOf } from '#lib/http/problem.ts'
import { writeAnswer } from './write-response.ts'

/** Longer than any of our addresses; Node allows 16 KiB for address and headers together. */
const LONGEST_ADDRESS = 8 * 1024
/** Browsers send about 20. */
const MOST_HEADERS = 200
/** Methods that at least one route supports. */
export const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS']
/** Known methods that no route supports answer 405; any other is not implemented. */
const KNOWN: readonly string[] = [...METHODS, 'PUT', 'TRACE']

/** True when the request was refused and answered. */
export type Gate = (message: IncomingMessage, response: ServerResponse) => boolean

export function createGate(names: HostNames): Gate {
  const isOurs = hostRule(names)
  let ours = '' // the Host header that was last accepted: requests of a client have the same
  const hostRefusalOf = (message: IncomingMessage): DarkroomError | null => {
    const { host = '', 'x-forwarded-host': forwarded } = message.headers
    if (host === ours && forwarded === undefined) return null
    const refusal = hostRefusal(message, isOurs)
    if (refusal === null) ours = host
    return refusal
  }
  return (message, response) => {
    const refusal = formOf(message) ?? hostRefusalOf(message)
    if (refusal === null && message.url === '*') {
      writeAnswer({ status: 204, headers: { allow: METHODS.join(', ') }, body: null }, message, response)
      return true
    }
    if (refusal === null) return false
    refuse(refusal, message, response)
    return true
  }
}

/** Answers a request with the problem document of an error. */
export function refuse(error: DarkroomError, message: IncomingMessage, response: ServerResponse): void {
  const requestId = randomUUID()
  const { headers, ...outgoing } = problemOf(error, {
    instance: pathOf(message),
    requestId,
    log: () => {}, // a DarkroomError is never logged
  })
  writeAnswer({ ...outgoing, headers: { ...headers, 'x-request-id': requestId } }, message, response)
}

/**
 * What is wrong with the form of the request. Removes the host from an address that has one: only proxies
 * need it (RFC 9112 §3.2.2).
 */
function formOf(message: IncomingMessage): DarkroomError | null {
  const { method = 'GET', url = '/', headers, rawHeaders, httpVersion } = message
  if (!KNOWN.includes(method))
    return notImplemented(
      `the method ${method.slice(0, 40)} is not supported`,
      `Send one of ${METHODS.join(', ')}.`,
    )
  if (url.length > LONGEST_ADDRESS)
    return new DarkroomError('uri_too_long', {
      what: 'The URL is too long',
      why:
        `it has ${url.length.toLocaleString('en')} characters, and the limit is ` +
        `${LONGEST_ADDRESS.toLocaleString('en')}`,
      remedy: 'Send long values in the body.',
    })
  if (rawHeaders.length / 2 > MOST_HEADERS)
    return tooLargeHeaders(`there are ${rawHeaders.length / 2}, and the limit is ${MOST_HEADERS}`)
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue')
    return new DarkroomError('expectation_failed', {
      what: 'The expectation cannot be met',
      why: `"${headers.expect.slice(0, 40)}" is not supported`,
      remedy: 'Send "Expect: 100-continue", or omit the header.',
    })
  const coding = headers['transfer-encoding']
  if (coding !== undefined && coding.trim().toLowerCase() !== 'chunked')
    return notImplemented(
      `the transfer encoding "${coding.slice(0, 40)}" is not supported`,
      'Send the body with Content-Length, or chunked.',
    )
  if (hasTwoHosts(rawHeaders)) return malformed('it has more than one Host header', 'Send one Host header.')
  if (headers.host === undefined && httpVersion !== '1.0' && httpVersion !== '0.9')
    return malformed('it has no Host header', 'Send a Host header.')
  if (url.startsWith('/') || (url === '*' && method === 'OPTIONS')) return null
  const target = /^https?:/i.test(url) && URL.canParse(url) ? new URL(url) : null
  if (!target)
    return malformed(
      `its target "${url.slice(0, 100)}" is neither a path nor a URL`,
      'Send a path, such as /api/predict.',
    )
  Object.assign(message, { url: target.pathname + target.search })
  headers.host = target.host
  return null
}

/** Names and values alternate. */
function hasTwoHosts(rawHeaders: readonly string[]): boolean {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]!.length === 4 && rawHeaders[i]!.toLowerCase() === 'host') count += 1
  return count > 1
}

/**
 * Checks the requested host name, and the one that a trusted proxy forwards: the server removes that header
 * where no proxy is trusted.
 */
function hostRefusal(
  { headers }: IncomingMessage,
  isOurs: ReturnType<typeof hostRule>,
): DarkroomError | null {
  const forwarded = headers['x-forwarded-host']
  const named = [headers.host, ...String(forwarded ?? '').split(',')]
    .map((one) => one?.trim() ?? '')
    .filter((one) => one !== '')
  for (const text of named) {
    const host = hostOf(text)
    if (!host)
      return malformed(
        `"${text.slice(0, 100)}" is not a valid host name`,
        'Send a Host header, such as localhost:3000.',
      )
    if (isOurs(host)) continue
    return new DarkroomError('misdirected', {
      what: 'This host name is not allowed',
      why: `"${host.name.slice(0, 100)}" is not listed in ALLOWED_HOSTS`,
      remedy: `Use an IP address or localhost, or start Darkroom with ALLOWED_HOSTS=${host.name.slice(0, 100)}.`,
    })
  }
  return null
}

const malformed = (why: string, remedy: string): DarkroomError =>
  new DarkroomError('malformed', { what: 'The request cannot be read', why, remedy })

const notImplemented = (why: string, remedy: string): DarkroomError =>
  new DarkroomError(
    'not_implemented',
    { what: 'The request is not supported', why, remedy },
    { members: { allow: METHODS.join(', ') } },
  )

const tooLargeHeaders = (why: string): DarkroomError =>
  new DarkroomError('headers_too_large', {
    what: 'The headers are too large',
    why,
    remedy: 'Send fewer or shorter headers; delete the cookies of this site if a browser sends them.',
  })

/** Turns an error of Node's parser into one of ours. `packet`: what it was reading. */
export function parserRefusal(
  error: Error & { readonly code?: string; readonly reason?: string },
  packet: Buffer | undefined,
): DarkroomError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return firstLineOf(packet) > LONGEST_ADDRESS
        ? new DarkroomError('uri_too_long', {
            what: 'The URL is too long',
            why: `the limit is ${LONGEST_ADDRESS.toLocaleString('en')} characters`,
            remedy: 'Send long values in the body.',
          })
        : tooLargeHeaders('the limit is 16 kB in total')
    case 'HPE_INVALID_METHOD':
      return /^[A-Z]{1,40} \S/.test(packet?.toString('latin1', 0, 64) ?? '')
        ? notImplemented('the method is not supported', `Send one of ${METHODS.join(', ')}.`)
        : malformed('it is not HTTP/1.1', 'Send it as HTTP/1.1.')
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new DarkroomError('too_large', {
        what: 'The request is too large',
        why: 'its chunk extensions exceed 16 kB',
        remedy: 'Send the body without chunk extensions.',
      })
    default:
      return malformed(error.reason?.slice(0, 100) ?? 'it is not HTTP/1.1', 'Send it as HTTP/1.1.')
  }
}

function firstLineOf(packet: Buffer | undefined): number {
  const end = packet?.indexOf('\r\n') ?? 0
  return end < 0 ? packet!.byteLength : end
}

const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?')[0]!.slice(0, 200)
