/**
 * Errors as RFC 9457 problem documents: known errors with their own text, unknown ones as a 500 with a
 * request id. It does not decide whether something is an error.
 */
import { isDiskFull } from '#lib/domain/disk-full.ts'
import { DarkroomError, isDarkroomError, STATUS_OF } from '#lib/domain/errors.ts'
import type { ErrorCode } from '#lib/domain/errors.ts'
import type { OutgoingResponse } from './outgoing.ts'
import { rateHeadersOf } from './rate-limit-headers.ts'

const TITLES: Readonly<Record<ErrorCode, string>> = {
  malformed: 'Bad request',
  missing_file: 'File missing',
  unauthenticated: 'Unauthorized',
  forbidden: 'Forbidden',
  foreign_origin: 'Cross-origin request refused',
  not_found: 'Not found',
  file_missing: 'Stored file missing',
  method_not_allowed: 'Method not allowed',
  too_slow: 'Request timeout',
  conflict: 'Conflict',
  already_running: 'Training run already in progress',
  too_large: 'Content too large',
  too_many_pixels: 'Image too large',
  uri_too_long: 'URI too long',
  not_an_image: 'Not an image',
  unsupported_media: 'Unsupported media type',
  expectation_failed: 'Expectation failed',
  misdirected: 'Misdirected request',
  corrupt_image: 'Corrupt image',
  file_damaged: 'Stored file damaged',
  needs_more_memory: 'Not enough memory',
  invalid_input: 'Validation failed',
  labels_do_not_match: 'Label count mismatch',
  unknown_class: 'Unknown class',
  nothing_to_learn: 'No new training images',
  too_few_images: 'Too few images',
  too_few_classes: 'Too few classes',
  bad_archive: 'Invalid archive',
  bad_data_file: 'Invalid data file',
  gate_refuses: 'Promotion refused',
  bad_bundle: 'Version cannot be used',
  rate_limited: 'Too many requests',
  headers_too_large: 'Request header fields too large',
  client_closed: 'Client closed request',
  internal: 'Internal server error',
  not_implemented: 'Not implemented',
  not_ready: 'Service unavailable',
  overloaded: 'Server overloaded',
  database_busy: 'Database locked',
  disk_full: 'Insufficient storage',
}

/** Seconds after which a client may retry when the product is busy or starting. */
const TRY_AGAIN_SECONDS: Partial<Record<ErrorCode, number>> = {
  not_ready: 2,
  overloaded: 1,
  database_busy: 5,
  rate_limited: 10,
}
/** After these errors the rest of the body is not read: the connection ends. */
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

export type ProblemContext = {
  readonly instance: string
  readonly requestId: string
  readonly log: (message: string, error: unknown) => void
}

/** The response to an error. Unknown errors are logged here, once, with their stack, which no client sees. */
export function problemOf(
  error: unknown,
  { instance, requestId, log }: ProblemContext,
): OutgoingResponse & { readonly body: string } {
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
        what: 'The data could not be stored',
        why: 'the disk is full',
        remedy: 'Free up space on the disk that holds DATA_DIR, then try again.',
      },
      { cause: error },
    )
  }
  // Prisma keeps the code and the message of an error of the database, but not the error itself.
  if (error instanceof Error && 'code' in error && error.code === 'database_busy')
    return new DarkroomError(
      'database_busy',
      {
        what: 'Nothing was stored',
        why: 'another program has locked the database for too long',
        remedy:
          'Try again in a few seconds. If this continues, close the program that has the database file ' +
          'open, such as a backup tool or an SQLite shell.',
      },
      { cause: error },
    )
  return null
}

function internal(requestId: string): DarkroomError {
  return new DarkroomError('internal', {
    what: 'The request failed',
    why: 'an internal error occurred',
    remedy: `Search the log for the request id ${requestId}.`,
  })
}
