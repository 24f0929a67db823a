/** Every error that a user can act on: one closed list of codes, each with its HTTP status.
 *  It holds no logic; routes and commands turn these errors into text. */

export const STATUS_OF = {
  malformed: 400,
  missing_file: 400,
  unauthenticated: 401,
  forbidden: 403,
  foreign_origin: 403,
  not_found: 404,
  file_missing: 404,
  method_not_allowed: 405,
  too_slow: 408,
  conflict: 409,
  already_running: 409,
  too_large: 413,
  too_many_pixels: 413,
  uri_too_long: 414,
  not_an_image: 415,
  unsupported_media: 415,
  expectation_failed: 417,
  misdirected: 421,
  corrupt_image: 422,
  file_damaged: 422,
  needs_more_memory: 422,
  invalid_input: 422,
  labels_do_not_match: 422,
  unknown_class: 422,
  nothing_to_learn: 422,
  too_few_images: 422,
  too_few_classes: 422,
  bad_archive: 422,
  bad_data_file: 422,
  gate_refuses: 422,
  bad_bundle: 422,
  rate_limited: 429,
  headers_too_large: 431,
  client_closed: 499,
  internal: 500,
  not_implemented: 501,
  not_ready: 503,
  overloaded: 503,
  database_busy: 503,
  disk_full: 507,
} as const

export type ErrorCode = keyof typeof STATUS_OF

/** One problem with one field: `path` as in the request (`labels.3`), `message` for a person. */
export type FieldError = { readonly path: string; readonly message: string }

export type ErrorExtras = {
  readonly cause?: unknown
  readonly errors?: readonly FieldError[]
  /** Seconds after which trying again makes sense; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number
  /** More members of the problem document, such as the run that causes the conflict. */
  readonly members?: Readonly<Record<string, unknown>>
}

/** An error for users: what happened, why, and what to do, with the numbers. */
export class DarkroomError extends Error {
  readonly code: ErrorCode
  readonly what: string
  readonly why: string
  readonly remedy: string
  readonly extras: ErrorExtras

  constructor(
    code: ErrorCode,
    words: { what: string; why: string; remedy: string },
    extras: ErrorExtras = {},
  ) {
    super(`${words.what}: ${words.why}. ${words.remedy}`, { cause: extras.cause })
    this.name = 'DarkroomError'
    this.code = code
    this.what = words.what
    this.why = words.why
    this.remedy = words.remedy
    this.extras = extras
  }
}

/** The message of any thrown value. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** An error as it is sent to another process: what happened, why, and what to do. */
export type FailureReport = {
  readonly code: ErrorCode
  readonly summary: string
  readonly reason: string
  readonly action: string
}

export const reportOf = ({ code, what, why, remedy }: DarkroomError): FailureReport => ({
  code,
  summary: what,
  reason: why,
  action: remedy,
})

/** The error that another process reported. */
export const reportedError = (
  { code, summary, reason, action }: FailureReport,
  extras: ErrorExtras = {},
): DarkroomError => new DarkroomError(code, { what: summary, why: reason, remedy: action }, extras)

/** By shape, not by `instanceof`: the server and Next's bundles hold two copies of every class. */
export const isDarkroomError = (e: unknown): e is DarkroomError =>
  e instanceof Error &&
  'code' in e &&
  'remedy' in e &&
  typeof e.code === 'string' &&
  Object.hasOwn(STATUS_OF, e.code)
