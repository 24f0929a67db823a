/**
 * Versions, promotions and faults without Prisma: which version serves predictions, and where its files are. Every
 * process that predicts looks each second, and never loads Prisma (docs/decisions/0037-prisma-on-first-use.md). What
 * writes them, and what only pages read, goes through Prisma (../versions).
 */
import type { Connection } from '../database/connection.ts'
import type { Promotion, Version, VersionFault } from '../generated/client.ts'
import { VERSION_COLUMNS, type VersionRow, type VersionStatements } from '../statements.ts'

const COLUMNS = VERSION_COLUMNS.map((name) => `"${name}"`).join(', ')

export const versionStatements = ({ one, all }: Pick<Connection, 'one' | 'all'>): VersionStatements => ({
  /** In the trash too. */
  row: async (id: string) => one<VersionRow>(`SELECT ${COLUMNS} FROM "Version" WHERE "id" = ?`, id) ?? null,
  withCard: async (id: string) => one<Version>('SELECT * FROM "Version" WHERE "id" = ?', id) ?? null,
  numbered: async (classifierId: string, number: number) =>
    one<VersionRow>(
      `SELECT ${COLUMNS} FROM "Version" WHERE "classifierId" = ? AND "number" = ?`,
      classifierId,
      number,
    ) ?? null,
  /** The newest first. */
  ofClassifier: async (classifierId: string) =>
    all<VersionRow>(
      `SELECT ${COLUMNS} FROM "Version" WHERE "classifierId" = ? AND "trashedAt" IS NULL ORDER BY "number" DESC`,
      classifierId,
    ),
  /** The newest promotion of a classifier. */
  promotion: async (classifierId: string) =>
    one<Promotion>(
      'SELECT * FROM "Promotion" WHERE "classifierId" = ? ORDER BY "id" DESC LIMIT 1',
      classifierId,
    ) ?? null,
  /** The newest promotion of each classifier. */
  promotions: async () =>
    all<Promotion>(
      `SELECT * FROM "Promotion" WHERE "id" IN (SELECT MAX("id") FROM "Promotion" GROUP BY "classifierId")
        AND "classifierId" NOT IN (SELECT "id" FROM "Classifier" WHERE "trashedAt" IS NOT NULL)
        ORDER BY "classifierId"`,
    ),
  /** Oldest first. */
  history: async (classifierId: string) =>
    all<Promotion>('SELECT * FROM "Promotion" WHERE "classifierId" = ? ORDER BY "id"', classifierId),
  /** 0: none. */
  latestPromotion: async (): Promise<number> =>
    one<{ id: number | null }>('SELECT MAX("id") AS "id" FROM "Promotion"')?.id ?? 0,
  faults: async () => all<VersionFault>('SELECT * FROM "VersionFault" ORDER BY "versionId"'),
})
