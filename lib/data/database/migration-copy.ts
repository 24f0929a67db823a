/** The copy of a database that is made before it is migrated: whole or not at all, in a folder where the
 *  newest stay. It restores nothing. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs'
import path from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { isDiskFull } from '#lib/domain/disk-full.ts'
import { DarkroomError, isDarkroomError } from '#lib/domain/errors.ts'
import { megabytes } from '#lib/domain/text/size-text.ts'

const MIGRATION_COPIES = 'before-migration'
/** Two updates can be taken back. */
const MAX_MIGRATION_COPIES = 2
const NAME = /^\d{4}-.*\.db$/
/** Of a migration that was killed; one runs at a time. */
const PARTIAL = /^\d{4}-.*\.db\.part/

type CopyPlan = {
  readonly database: DatabaseSync
  readonly file: string
  /** The first migration that is to be applied. */
  readonly migration: string
  /** Where copies belong; the next one where this user may not write. */
  readonly folders: readonly string[]
  readonly now: number
}

/** Returns the path of the copy. Throws, and leaves nothing, if there is not enough space. */
export function keepMigrationCopy({ database, file, migration, folders, now }: CopyPlan): string {
  const folder = path.join(writable(folders), MIGRATION_COPIES)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const copy = path.join(
    folder,
    `${new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')}Z-before-${migration.replace(/\.sql$/, '')}.db`,
  )
  const part = `${copy}.part`
  for (const left of readdirSync(folder).filter((name) => PARTIAL.test(name)))
    rmSync(path.join(folder, left), { force: true })
  const { bavail, bsize } = statfsSync(folder)
  const size = statSync(file).size
  try {
    if (bavail * bsize < size) throw tooLittleSpace(folder, { size, free: bavail * bsize })
    closeSync(openSync(part, 'w', 0o600)) // it contains password hashes
    database.prepare('VACUUM INTO ?').run(part)
    const handle = openSync(part, 'r+')
    fsyncSync(handle)
    closeSync(handle)
    renameSync(part, copy)
  } catch (error) {
    for (const left of [part, `${part}-journal`]) rmSync(left, { force: true })
    throw isDiskFull(error) && !isDarkroomError(error) ? tooLittleSpace(folder, null, error) : error
  }
  for (const old of copiesIn(folder).slice(MAX_MIGRATION_COPIES))
    rmSync(path.join(folder, old), { force: true })
  return copy
}

/** Newest first, with their places. */
export const migrationCopies = (folders: readonly string[]): readonly string[] =>
  folders
    .map((folder) => path.join(folder, MIGRATION_COPIES))
    .flatMap((folder) => copiesIn(folder).map((name) => path.join(folder, name)))

const copiesIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => NAME.test(name))
        .sort()
        .reverse()
    : []

function writable(folders: readonly string[]): string {
  for (const folder of folders) {
    try {
      mkdirSync(path.join(folder, MIGRATION_COPIES), { recursive: true, mode: 0o700 })
      return folder
    } catch (error) {
      if (isDiskFull(error)) throw tooLittleSpace(folder, null, error)
    }
  }
  throw new DarkroomError('conflict', {
    what: 'The database was not migrated',
    why: `a copy must be made first, and the current user cannot write to ${folders.join(' or ')}`,
    remedy: 'Set BACKUP_DIR to a writable folder and start again. Nothing was changed.',
  })
}

const tooLittleSpace = (
  folder: string,
  space: { readonly size: number; readonly free: number } | null,
  cause?: unknown,
): DarkroomError =>
  new DarkroomError(
    'disk_full',
    {
      what: 'The database was not migrated',
      why:
        `a copy must be made first, and the disk that holds ${folder} does not have enough space` +
        (space === null ? '' : ` (${megabytes(space.size)} needed, ${megabytes(space.free)} free)`),
      remedy: 'Free up space there, or set BACKUP_DIR to another disk, and start again. Nothing was changed.',
    },
    { cause },
  )
