/** What an error of PostgreSQL or of the way to it means for a person, and whether the same may work a moment later.
 *  No text contains the password of DATABASE_URL. */
import { DarkroomError, isDarkroomError } from '#lib/domain/errors.ts'

const RETRY_AFTER_SECONDS = 5

/** The server that DATABASE_URL names, without the password. */
export type Server = { readonly host: string; readonly user: string; readonly database: string }

/** Node's and pg's codes and texts for a server that does not answer; in each nothing is known to be done. */
const UNREACHABLE =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|ENOENT)$/
const UNREACHABLE_TEXT = /timeout exceeded|timeout expired|Connection terminated|Client has encountered/

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const STATES = {
  serialization: ['40001', '40P01'],
  /** Starting, shutting down, restarting after a crash, no free connection. */
  unavailable: ['57P01', '57P02', '57P03', '53300', '08000', '08003', '08006'],
  locked: ['55P03'],
  full: ['53100'],
  login: ['28P01', '28000'],
  missing: ['3D000'],
  forbidden: ['42501'],
  readOnly: ['25006'],
} as const satisfies Record<string, readonly string[]>
type State = keyof typeof STATES

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

const is = (error: unknown, state: State): boolean => STATES[state].some((code) => code === codeOf(error))

/** Another transaction did what this one depends on: it was undone whole, and may be done again. */
export const isSerializationFailure = (error: unknown): boolean => is(error, 'serialization')

/** The server does not answer now. */
export const isUnavailable = (error: unknown): boolean =>
  is(error, 'unavailable') ||
  UNREACHABLE.test(codeOf(error)) ||
  (error instanceof AggregateError && error.errors.every(isUnavailable)) ||
  (error instanceof Error && UNREACHABLE_TEXT.test(error.message))

/** An error that a person can act on; any other as it is. */
export function inWords(error: unknown, server: Server): unknown {
  if (isDarkroomError(error)) return error
  if (isUnavailable(error))
    return failure('database_busy', error, {
      what: 'The database cannot be reached',
      why: `the PostgreSQL server at ${server.host} does not answer (${codeOf(error) || 'no connection in time'})`,
      remedy:
        'Check DATABASE_URL, and that the server runs and accepts connections from this host. Try again then.',
    })
  const known = EXPLAINED.find((state) => is(error, state))
  return known === undefined ? error : failure(CODES[known], error, WORDS[known](server))
}

type Words = { readonly what: string; readonly why: string; readonly remedy: string }

const CODES = {
  serialization: 'database_busy',
  locked: 'database_busy',
  full: 'disk_full',
  login: 'conflict',
  missing: 'conflict',
  forbidden: 'conflict',
  readOnly: 'conflict',
} as const satisfies Partial<Record<State, string>>

const EXPLAINED = [
  'serialization',
  'locked',
  'full',
  'login',
  'missing',
  'forbidden',
  'readOnly',
] as const satisfies readonly State[]

const WORDS: Readonly<Record<keyof typeof CODES, (server: Server) => Words>> = {
  serialization: () => ({
    what: 'Nothing was stored',
    why: 'other requests changed the same data at the same time, again and again',
    remedy: 'Try again in a few seconds.',
  }),
  locked: () => ({
    what: 'Nothing was stored',
    why: 'another program or process has locked the same rows of the database for too long',
    remedy: 'Try again in a few seconds. If this continues, look for long transactions in pg_stat_activity.',
  }),
  full: ({ host }) => ({
    what: 'Nothing was stored',
    why: `the disk of the PostgreSQL server at ${host} is full`,
    remedy: 'Free up space there.',
  }),
  login: ({ host, user }) => ({
    what: 'The database cannot be opened',
    why: `the PostgreSQL server at ${host} does not accept the user "${user}" with the password of DATABASE_URL`,
    remedy: 'Correct DATABASE_URL, or the rules of the server (pg_hba.conf).',
  }),
  missing: ({ host, database }) => ({
    what: 'The database cannot be opened',
    why: `there is no database "${database}" on the PostgreSQL server at ${host}`,
    remedy: `Create it (createdb ${database}), or correct DATABASE_URL.`,
  }),
  forbidden: ({ user, database }) => ({
    what: 'The database cannot be used',
    why: `the user "${user}" lacks a permission in the database "${database}"`,
    remedy: `Make the user its owner: ALTER DATABASE "${database}" OWNER TO "${user}".`,
  }),
  readOnly: ({ host }) => ({
    what: 'Nothing was stored',
    why: `the PostgreSQL server at ${host} is read-only, such as a replica`,
    remedy: 'Let DATABASE_URL name the primary server.',
  }),
}

const failure = (
  code: 'database_busy' | 'disk_full' | 'conflict',
  cause: unknown,
  words: Words,
): DarkroomError =>
  new DarkroomError(code, words, {
    cause,
    ...(code === 'database_busy' && { retryAfterSeconds: RETRY_AFTER_SECONDS }),
  })
