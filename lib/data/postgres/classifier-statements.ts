/** Classifiers and the names of their classes without Prisma; like ../sqlite/classifier-statements.ts. */
import type { ClassRename } from '#lib/domain/class-renames.ts'
import type { PostgresConnection } from '../database/postgres/connection.ts'
import type { Classifier } from '../generated/client.ts'
import type { ClassifierStatements } from '../statements.ts'

/** Of the shipped ones: users without an image can draw one for it. */
const FIRST_SHIPPED = 'shapes'
/** The order of ../sqlite/classifier-statements.ts. */
const IN_ORDER = `"isShipped", "isShipped" AND "id" <> '${FIRST_SHIPPED}', "createdAt", "id"`
const HAS_LIVE_VERSION = '"id" IN (SELECT "classifierId" FROM "Promotion")'

export const classifierStatements = ({ one, all }: PostgresConnection): ClassifierStatements => ({
  row: async (id) => (await one<Classifier>('SELECT * FROM "Classifier" WHERE "id" = $1', id)) ?? null,
  rows: () => all<Classifier>(`SELECT * FROM "Classifier" WHERE "trashedAt" IS NULL ORDER BY ${IN_ORDER}`),
  first: async () =>
    (await one<Classifier>(
      `SELECT * FROM "Classifier" WHERE "trashedAt" IS NULL ORDER BY NOT (${HAS_LIVE_VERSION}), ${IN_ORDER} LIMIT 1`,
    )) ?? null,
  async classNames(id) {
    const rows = await all<{ name: string }>(
      'SELECT "name" FROM "Class" WHERE "classifierId" = $1 ORDER BY "position"',
      id,
    )
    return rows.map(({ name }) => name)
  },
  renames: (id) =>
    all<ClassRename>(
      'SELECT "from", "to", "at" FROM "ClassRename" WHERE "classifierId" = $1 ORDER BY "id"',
      id,
    ),
  latestRename: async () =>
    (await one<{ id: number | null }>('SELECT MAX("id") AS "id" FROM "ClassRename"'))?.id ?? 0,
})
