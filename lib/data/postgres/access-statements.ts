/** What requests read and write in every process, without Prisma; like ../sqlite/access-statements.ts. */
import type { PostgresConnection } from '../database/postgres/connection.ts'
import type { Prisma } from '../generated/client.ts'
import type { AccessStatements } from '../statements.ts'

export const accessStatements = ({ one, run, write }: PostgresConnection): AccessStatements => ({
  async countPeople(role) {
    const row = await one<{ count: number }>(
      'SELECT COUNT(*) AS "count" FROM "Person" WHERE $1::text IS NULL OR "role" = $1',
      role,
    )
    return row?.count ?? 0
  },
  personInSession: async (id, session) =>
    (await one<Prisma.PersonModel>(
      `SELECT *, "keptSession" AS "exceptSession" FROM "Person" WHERE "id" = $1 AND NOT "isDisabled"
        AND ("sessionsFrom" <= $2 OR "keptSession" = $3) AND NOT EXISTS (SELECT 1 FROM "EndedSession" WHERE "id" = $3)`,
      id,
      session.began,
      session.id,
    )) ?? null,
  replaceToken: ({ hash, purpose, createdAt }) =>
    write(async (writing) => {
      await writing.run('DELETE FROM "OneTimeToken" WHERE "purpose" = $1', purpose)
      await writing.run(
        'INSERT INTO "OneTimeToken" ("hash", "purpose", "createdAt") VALUES ($1, $2, $3)',
        hash,
        purpose,
        createdAt,
      )
    }),
  keyByHash: async (hash) =>
    (await one<Prisma.ApiKeyModel & { readonly creatorName: string | null }>(
      `SELECT k.*, p."name" AS "creatorName" FROM "ApiKey" k LEFT JOIN "Person" p ON p."id" = k."createdById"
        WHERE k."hash" = $1`,
      hash,
    )) ?? null,
  async keyUsed(id, at) {
    await run('UPDATE "ApiKey" SET "lastUsedAt" = $1 WHERE "id" = $2', at, id)
  },
  async setting(name) {
    const row = await one<{ valueJson: string }>(
      'SELECT "valueJson" FROM "KeptSetting" WHERE "name" = $1',
      name,
    )
    return row?.valueJson ?? null
  },
  async addChange({ id, at, by, action, subject, byId, subjectId, classifierId, detail }) {
    await run(
      `INSERT INTO "Change" ("id", "at", "by", "action", "subject", "byId", "subjectId", "classifierId", "detail")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      ...[id, at, by, action, subject, byId, subjectId, classifierId, detail],
    )
  },
})
