/**
 * Reads a request body with a size limit, as bytes or as JSON. It checks size and syntax; the contract
 * checks the fields, and lib/server closes connections that send too slowly.
 */
import { DarkroomError } from '#lib/domain/errors.ts'
import type { MaybePromise } from '#lib/domain/maybe-promise.ts'
import { megabytes } from '#lib/domain/text/size-text.ts'
import type { IncomingRequest } from './incoming.ts'

export const JSON_LIMIT_BYTES = 1024 * 1024
export const JSON_DEPTH = 32
/**
 * No route accepts more, and parsing more would block the process: 1.5 million names in 13 MB take 18 s to
 * parse (2026-11).
 */
const MOST_NAMES = 1_000
const MOST_VALUES = 500_000
const MOST_BRACKETS = 10_000

/**
 * The chunks of the body. Throws 413 as soon as the limit is exceeded, and before the first byte when the
 * header already declares more.
 */
export async function* chunksOf(incoming: IncomingRequest, limitBytes: number): AsyncGenerator<Uint8Array> {
  if (Number(incoming.header('content-length') ?? 0) > limitBytes) throw tooLarge(limitBytes)
  if (incoming.body === null) return
  let read = 0
  try {
    for await (const chunk of incoming.body) {
      read += chunk.byteLength
      if (read > limitBytes) throw tooLarge(limitBytes)
      yield chunk
    }
  } catch (error) {
    throw incoming.signal.aborted || isDisconnect(error) ? disconnected(error) : error
  }
}

export function bytesOf(incoming: IncomingRequest, limitBytes: number): MaybePromise<Uint8Array> {
  if (incoming.whole && incoming.whole.byteLength <= limitBytes) return incoming.whole
  return whole(chunksOf(incoming, limitBytes))
}

export async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return all.length === 1 ? all[0]! : Buffer.concat(all)
}

/** A JSON object; an empty body is an empty object. */
export async function jsonOf(
  incoming: IncomingRequest,
  limitBytes: number,
): Promise<Readonly<Record<string, unknown>>> {
  const bytes = await bytesOf(incoming, limitBytes)
  if (bytes.byteLength === 0) return {}
  if (!isJson(incoming)) {
    throw new DarkroomError('unsupported_media', {
      what: 'The body cannot be read',
      why: `its content type is ${typeOf(incoming) || 'missing'}`,
      remedy: 'Send JSON with "Content-Type: application/json".',
    })
  }
  const text = textOf(bytes)
  const excess = excessOf(text)
  if (excess !== null)
    throw new DarkroomError('malformed', {
      what: 'The JSON cannot be read',
      why: excess,
      remedy: 'Reduce the nesting depth, or send less.',
    })
  const value = parsed(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DarkroomError(
      'invalid_input',
      { what: 'The JSON cannot be used', why: 'it is not an object', remedy: 'Send { "field": value, … }.' },
      { errors: [{ path: '', message: 'must be an object' }] },
    )
  }
  return value as Record<string, unknown>
}

export const typeOf = (incoming: IncomingRequest): string =>
  (incoming.header('content-type') ?? '').split(';')[0]!.trim().toLowerCase()

export const isJson = (incoming: IncomingRequest): boolean =>
  /^application\/(?:[\w.-]+\+)?json$/.test(typeOf(incoming))

export const tooLarge = (limitBytes: number): DarkroomError =>
  new DarkroomError('too_large', {
    what: 'The request is too large',
    why: `the limit is ${megabytes(limitBytes)}`,
    remedy: 'Send less, or raise the limit in the settings.',
  })

export const disconnected = (cause: unknown): DarkroomError =>
  new DarkroomError(
    'client_closed',
    {
      what: 'The request was not completed',
      why: 'the connection was closed before the body was complete',
      remedy: 'Send the request again.',
    },
    { cause },
  )

/** How a disconnected client appears: as Node's error codes, or as undici and Next name it. */
export function isDisconnect(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? error.code : ''
  return (
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    code === 'ERR_STREAM_PREMATURE_CLOSE' ||
    error.name === 'AbortError' ||
    error.name === 'ResponseAborted' ||
    error.message === 'aborted'
  )
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new DarkroomError(
      'malformed',
      { what: 'The JSON cannot be read', why: 'it is not UTF-8', remedy: 'it is incomplete or not valid' },
      { cause },
    )
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const why =
      cause instanceof Error ? cause.message.replace(/, "[\s\S]*/, '').slice(0, 120) : 'it is damaged'
    throw new DarkroomError(
      'malformed',
      { what: 'The JSON cannot be read', why, remedy: 'Check commas, quotes and brackets.' },
      { cause },
    )
  }
}

/** Names what exceeds the limits; null when nothing does. Counted before parsing, outside of strings. */
function excessOf(text: string): string | null {
  let [depth, brackets, names, values] = [0, 0, 0, 0]
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 34) i = endOfText(text, i)
    else if (c === 91 || c === 123) {
      if (++depth > JSON_DEPTH) return `it is nested deeper than ${JSON_DEPTH} levels`
      if (++brackets > MOST_BRACKETS)
        return `it has more than ${MOST_BRACKETS.toLocaleString('en')} arrays and objects`
    } else if (c === 93 || c === 125) depth--
    else if (c === 58 && ++names > MOST_NAMES)
      return `it has more than ${MOST_NAMES.toLocaleString('en')} names`
    else if (c === 44 && ++values > MOST_VALUES)
      return `it has more than ${MOST_VALUES.toLocaleString('en')} values`
  }
  return null
}

/**
 * Where the string that opens at `start` closes: the next quote with an even number of backslashes before
 * it.
 */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === 92) backslashes++
    if (backslashes % 2 === 0) return end
  }
  return text.length
}
