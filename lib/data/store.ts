/**
 * What every file of this module uses: the state of the database, Prisma over it, ids, the time, and the location of
 * files. Created only by open.ts.
 */
import { DarkroomError } from '#lib/domain/errors.ts'
import { trashedUntil } from '#lib/domain/sample-state.ts'
import type { Blobs } from './images/blobs.ts'
import type { StageImages } from './images/staging.ts'
import type { SharedFolders } from './objects/shared-folders.ts'
import type { DatabaseState } from './database-state.ts'
import type { DataSettings } from './data-settings.ts'
import type { PrismaClient } from './generated/client.ts'
import type { Statements } from './statements.ts'

export type Store = {
  readonly database: DatabaseState
  readonly prisma: PrismaClient
  /** What does without Prisma. */
  readonly statements: Statements
  readonly id: () => string
  readonly now: () => Date
  readonly settings: DataSettings
  readonly blobs: Blobs
  readonly stage: StageImages
  readonly folders: SharedFolders
}

export const notFound = (thing: string, name: string): DarkroomError =>
  new DarkroomError('not_found', {
    what: `There is no ${thing} "${name.slice(0, 80)}"`,
    why: 'it never existed or was deleted',
    remedy: 'See the corresponding list for valid ids.',
  })

/** The error for an object that is in the trash. */
export const inTrash = (thing: string, name: string, since: number | Date): DarkroomError => {
  const until = trashedUntil(new Date(since)).toISOString()
  return new DarkroomError(
    'not_found',
    {
      what: `The ${thing} "${name.slice(0, 80)}" is in the trash`,
      why: `it was deleted and can be restored until ${until.slice(0, 10)}`,
      remedy: 'Restore it from the trash (/trash), or use another one.',
    },
    { members: { in_trash: true, trashed_until: until } },
  )
}

export const conflict = (what: string, why: string, remedy: string): DarkroomError =>
  new DarkroomError('conflict', { what, why, remedy })

type Schema<T> = { readonly parse: (value: unknown) => T }

/** The value of a JSON column by its schema, most of them in lib/contracts/stored-json.ts; throws when it does not
 *  match. */
export const parsed = <T>(schema: Schema<T>, json: string): T => schema.parse(JSON.parse(json))
export const parsedOrNull = <T>(schema: Schema<T>, json: string | null): T | null =>
  json === null ? null : parsed(schema, json)

/** The value of a column that holds one of a few words; throws for any other, which a later version of the program
 *  may have written. */
export function wordOf<const T extends string>(words: readonly T[], stored: string, column: string): T {
  const word = words.find((one) => one === stored)
  if (word === undefined)
    throw new Error(`${column} is "${stored.slice(0, 80)}" in the database: expected ${words.join(', ')}`)
  return word
}
export const wordOrNull = <const T extends string>(
  words: readonly T[],
  stored: string | null,
  column: string,
): T | null => (stored === null ? null : wordOf(words, stored, column))
