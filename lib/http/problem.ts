/** What went wrong, as RFC 9457 problem documents: known errors in their own words, unknown ones as a 500
 *  that shows a request id. It decides nothing about whether something is wrong. */
import { isDiskFull } from '#lib/domain/disk-full.ts'
import { DarkroomError, isDarkroomError, STATUS_OF } from '#lib/domain/errors.ts'
import type { ErrorCode } from '#lib/domain/errors.ts'
import type { Outgoing } from './outgoing.ts'
import { rateHeadersOf } from './rates.ts'

const TITLES: Readonly<Record<ErrorCode, string>> = {
  malformed: 'The request cannot be read',
  missing_file: 'A file is missing',
  unauthenticated: 'Who are you?',
  forbidden: 'This is not allowed',
  foreign_origin: 'The request comes from another site',
  not_found: 'There is no such thing',
  file_missing: 'A stored file is missing',
  method_not_allowed: 'This address is not used that way',
  too_slow: 'Sent too slowly',
  conflict: 'Something is in the way',
  already_running: 'A training is already running',
  too_large: 'Too large',
  too_many_pixels: 'Too many pixels',
  uri_too_long: 'The address is too long',
  not_an_image: 'Not a picture',
  unsupported_media: 'Sent in a form that is not understood',
  expectation_failed: 'The expectation cannot be met',
  misdirected: 'Host name not allowed',
  corrupt_image: 'The picture cannot be read',
  file_damaged: 'A stored file is damaged',
  needs_more_memory: 'The image needs more memory',
  invalid_input: 'Something in the request is not possible',
  labels_do_not_match: 'Labels and files do not match',
  unknown_class: 'Unknown class',
  nothing_to_learn: 'Nothing to learn from',
  too_few_images: 'Too few pictures',
  too_few_classes: 'Too few classes',
  bad_archive: 'The archive cannot be used',
  bad_data_file: 'The data file cannot be used',
  gate_refuses: 'The new version is worse',
  bad_bundle: 'The version cannot be used',
  rate_limited: 'Too many requests',
  headers_too_large: 'The headers are too large',
  client_closed: 'The connection was closed',
  internal: 'An error of ours',
  not_implemented: 'Not implemented',
  not_ready: 'Not ready yet',
  overloaded: 'Too much at once',
  database_busy: 'The database is locked',
  disk_full: 'The disk is full',
}

/** Seconds after which a busy or starting product is worth asking again. */
const TRY_AGAIN_SECONDS: Partial<Record<ErrorCode, number>> = {
  not_ready: 2,
  overloaded: 1,
  database_busy: 5,
  rate_limited: 10,
}
/** After these the rest of the body is not read: the connection ends. */
const ENDS_CONNECTION: readonly ErrorCode[] = [
  'too_large',
  'too_slow',
  'uri_too_long',
  'headers_too_large',
  'expectation_failed',
  'misdirected',
  'not_implemented',
  'client_closed',
]

export type AnsweredFor = {
  readonly instance: string
  readonly requestId: string
  readonly log: (message: string, error: unknown) => void
}

/** The answer to an error. Unknown ones are logged here, once, with their stack; nobody else sees it. */
export function problemOf(error: unknown, { instance, requestId, log }: AnsweredFor): Outgoing {
  const known = knownErrorOf(error)
  if (known === null) log(`${instance} failed`, error)
  const { code, message, extras } = known ?? internal(requestId)
  const status = STATUS_OF[code]
  const retryAfter = extras.retryAfterSeconds ?? TRY_AGAIN_SECONDS[code]
  const document = {
    ...extras.members,
    success: false,
    type: `urn:darkroom:${code}`,
    title: TITLES[code],
    status,
    detail: message,
    error: message,
    instance,
    code,
    request_id: requestId,
    ...(extras.errors && { errors: extras.errors }),
  }
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(retryAfter !== undefined && { 'retry-after': String(Math.ceil(retryAfter)) }),
      ...(status === 401 && { 'www-authenticate': 'Bearer realm="darkroom"' }),
      ...(status === 429 && rateHeadersOf(extras.members)),
      ...((status === 405 || status === 501) && { allow: String(extras.members?.['allow'] ?? '') }),
      ...(ENDS_CONNECTION.includes(code) && { connection: 'close' }),
    },
    body: JSON.stringify(document),
  }
}

function knownErrorOf(error: unknown): DarkroomError | null {
  if (isDarkroomError(error)) return error
  if (isDiskFull(error)) {
    return new DarkroomError(
      'disk_full',
      {
        what: 'This could not be kept',
        why: 'the disk is full',
        remedy: 'Make room on the disk that holds DATA_DIR and try again.',
      },
      { cause: error },
    )
  }
  return null
}

function internal(requestId: string): DarkroomError {
  return new DarkroomError('internal', {
    what: 'This did not work',
    why: 'there is an error in Darkroom itself',
    remedy: `The log tells more under the request id ${requestId}.`,
  })
}
