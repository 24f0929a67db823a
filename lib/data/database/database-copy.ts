/** Copies of a database that others write to, and what such a copy contains: tables, images, versions. It
 *  changes no original and migrates nothing. */
import { closeSync, openSync, rmSync, statSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { DarkroomError, messageOf } from '#lib/domain/errors.ts'
import { lazyPrisma } from './prisma.ts'
import { blobFile } from '../images/blobs.ts'
import { connect } from './connection.ts'
import type { PrismaClient } from '../generated/client.ts'
import { MIGRATIONS_TABLE } from './migrations.ts'

/** All pages in one step, in a thread of its own: one consistent state, and no writer waits (WAL). In smaller
 *  steps the copy begins again at each write of another process: of 250 MB, one step took 1.2 s under 2,000
 *  writes/s, steps of 2,000 pages never ended (2026-11-29). */
const ALL_PAGES = 2 ** 30
const ROWS_AT_ONCE = 5_000

/** SQLite's online backup. The copy is one file without a separate journal. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  if (!statSync(from, { throwIfNoEntry: false }))
    throw new DarkroomError('not_found', {
      what: 'There is nothing to back up',
      why: `there is no database at ${from}`,
      remedy: 'Start Darkroom once, or set DATA_DIR.',
    })
  rmSync(to, { force: true })
  closeSync(openSync(to, 'w', 0o600)) // it holds password hashes
  const source = new DatabaseSync(from, { readOnly: true })
  try {
    await backup(source, to, { rate: ALL_PAGES })
  } finally {
    source.close()
  }
  withoutJournal(to)
}

/** Into one file that may be copied, hashed and read anywhere. */
function withoutJournal(file: string): void {
  const copy = new DatabaseSync(file)
  try {
    copy.exec('PRAGMA journal_mode = DELETE')
  } finally {
    copy.close()
  }
}

/** What SQLite finds wrong with the file; null: nothing. */
export function databaseDamage(file: string): string | null {
  try {
    const database = new DatabaseSync(file, { readOnly: true })
    try {
      const found = String(database.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'])
      return found === 'ok' ? null : found
    } finally {
      database.close()
    }
  } catch (error) {
    return messageOf(error)
  }
}

export type DatabaseContents = {
  /** Names of the applied migrations, in order. */
  readonly migrations: readonly string[]
  /** Rows of each table. */
  readonly counts: Readonly<Record<string, number>>
  /** Hashes of the images whose bytes are files. */
  readonly imageFiles: readonly string[]
  /** Versions trained or imported here: `cats/v3`. */
  readonly versions: readonly string[]
}

/** `eachImage` is called with the hash of every image, in order, wherever its bytes are. Afterwards the file
 *  has no journal. */
export async function contentsOf(file: string, eachImage: (hash: string) => void): Promise<DatabaseContents> {
  const connection = connect(file)
  const { prisma, disconnect } = lazyPrisma(connection)
  try {
    for await (const hash of hashesOf(prisma, {})) eachImage(hash)
    const imageFiles: string[] = []
    for await (const hash of hashesOf(prisma, { bytes: null })) imageFiles.push(hash)
    const versions = await prisma.version.findMany({
      where: { isShipped: false },
      select: { classifierId: true, number: true },
    })
    const migrations = await prisma.$queryRawUnsafe<{ name: string }[]>(
      `SELECT "name" FROM "${MIGRATIONS_TABLE}" ORDER BY "name"`,
    )
    return {
      migrations: migrations.map(({ name }) => name),
      counts: await countsOf(prisma),
      imageFiles,
      versions: versions.map(({ classifierId, number }) => `${classifierId}/v${number}`),
    }
  } finally {
    await disconnect()
    connection.close()
    withoutJournal(file)
  }
}

async function* hashesOf(prisma: PrismaClient, where: { readonly bytes?: null }): AsyncGenerator<string> {
  let last = ''
  for (;;) {
    const rows = await prisma.image.findMany({
      where: { ...where, hash: { gt: last } },
      select: { hash: true },
      orderBy: { hash: 'asc' },
      take: ROWS_AT_ONCE,
    })
    for (const { hash } of rows) yield hash
    const end = rows.at(-1)
    if (!end) return
    last = end.hash
  }
}

/** Of every table there is, also of those that this program does not know. */
async function countsOf(prisma: PrismaClient): Promise<Record<string, number>> {
  const tables = await prisma.$queryRawUnsafe<{ name: string }[]>(
    `SELECT "name" FROM sqlite_master WHERE "type" = 'table' AND "name" NOT LIKE 'sqlite~_%' ESCAPE ` +
      `'~' AND "name" <> '${MIGRATIONS_TABLE}' ORDER BY "name"`,
  )
  const counts: Record<string, number> = {}
  for (const { name } of tables) {
    const [row] = await prisma.$queryRawUnsafe<{ rows: number | bigint }[]>(
      `SELECT count(*) AS "rows" FROM "${name.replaceAll('"', '""')}"`,
    )
    counts[name] = Number(row?.rows ?? 0)
  }
  return counts
}

/** Where the image's file lies, from DATA_DIR on, with forward slashes. */
export const imagePath = (hash: string): string => blobFile('', 'image', hash).replaceAll('\\', '/')
