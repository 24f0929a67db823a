/** Versions, promotions and faults without Prisma; like ../sqlite/version-statements.ts. */
import type { PostgresConnection } from '../database/postgres/connection.ts'
import type { Promotion, Version, VersionFault } from '../generated/client.ts'
import { VERSION_COLUMNS, type VersionRow, type VersionStatements } from '../statements.ts'

const COLUMNS = VERSION_COLUMNS.map((name) => `"${name}"`).join(', ')

export const versionStatements = ({ one, all }: PostgresConnection): VersionStatements => ({
  row: async (id) => (await one<VersionRow>(`SELECT ${COLUMNS} FROM "Version" WHERE "id" = $1`, id)) ?? null,
  withCard: async (id) => (await one<Version>('SELECT * FROM "Version" WHERE "id" = $1', id)) ?? null,
  numbered: async (classifierId, number) =>
    (await one<VersionRow>(
      `SELECT ${COLUMNS} FROM "Version" WHERE "classifierId" = $1 AND "number" = $2`,
      classifierId,
      number,
    )) ?? null,
  ofClassifier: (classifierId) =>
    all<VersionRow>(
      `SELECT ${COLUMNS} FROM "Version" WHERE "classifierId" = $1 AND "trashedAt" IS NULL ORDER BY "number" DESC`,
      classifierId,
    ),
  promotion: async (classifierId) =>
    (await one<Promotion>(
      'SELECT * FROM "Promotion" WHERE "classifierId" = $1 ORDER BY "id" DESC LIMIT 1',
      classifierId,
    )) ?? null,
  promotions: () =>
    all<Promotion>(
      `SELECT DISTINCT ON ("classifierId") * FROM "Promotion"
        WHERE "classifierId" NOT IN (SELECT "id" FROM "Classifier" WHERE "trashedAt" IS NOT NULL)
        ORDER BY "classifierId", "id" DESC`,
    ),
  history: (classifierId) =>
    all<Promotion>('SELECT * FROM "Promotion" WHERE "classifierId" = $1 ORDER BY "id"', classifierId),
  latestPromotion: async () =>
    (await one<{ id: number | null }>('SELECT MAX("id") AS "id" FROM "Promotion"'))?.id ?? 0,
  faults: () => all<VersionFault>('SELECT * FROM "VersionFault" ORDER BY "versionId"'),
})
