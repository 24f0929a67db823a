/**
 * Classifiers and the names of their classes without Prisma. Every process reads them, some with each request, and a
 * process that predicts never loads Prisma, which takes 25 MB (docs/decisions/0037-prisma-on-first-use.md). What writes
 * them, and what only pages read, goes through Prisma (../classifiers).
 */
import type { ClassRename } from '#lib/domain/class-renames.ts'
import type { Connection } from '../database/connection.ts'
import type { Classifier } from '../generated/client.ts'
import type { ClassifierStatements } from '../statements.ts'

/** Of the shipped ones: users without an image can draw one for it. */
const FIRST_SHIPPED = 'shapes'
/**
 * A user's own classifiers before shipped ones. The oldest stays first, so that a script that names none
 * keeps using the same one.
 */
const IN_ORDER = `"isShipped", "isShipped" AND "id" <> '${FIRST_SHIPPED}', "createdAt", "id"`
const HAS_LIVE_VERSION = '"id" IN (SELECT "classifierId" FROM "Promotion")'

export const classifierStatements = ({
  one,
  all,
}: Pick<Connection, 'one' | 'all'>): ClassifierStatements => ({
  /** In the trash too. */
  row: async (id: string) => one<Classifier>('SELECT * FROM "Classifier" WHERE "id" = ?', id) ?? null,
  rows: async () =>
    all<Classifier>(`SELECT * FROM "Classifier" WHERE "trashedAt" IS NULL ORDER BY ${IN_ORDER}`),
  /** One with a live version, if there is any. */
  first: async () =>
    one<Classifier>(
      `SELECT * FROM "Classifier" WHERE "trashedAt" IS NULL ORDER BY NOT (${HAS_LIVE_VERSION}), ${IN_ORDER} LIMIT 1`,
    ) ?? null,
  classNames: async (id: string): Promise<readonly string[]> =>
    all<{ name: string }>('SELECT "name" FROM "Class" WHERE "classifierId" = ? ORDER BY "position"', id).map(
      ({ name }) => name,
    ),
  /** In their order. */
  renames: async (id: string): Promise<readonly ClassRename[]> =>
    all<ClassRename>(
      'SELECT "from", "to", "at" FROM "ClassRename" WHERE "classifierId" = ? ORDER BY "id"',
      id,
    ),
  /** 0: none. */
  latestRename: async (): Promise<number> =>
    one<{ id: number | null }>('SELECT MAX("id") AS "id" FROM "ClassRename"')?.id ?? 0,
})
