/**
 * What requests read and write in every process, without Prisma: sessions, keys, settings and the audit log; and the
 * token for the first admin, which every start writes while there is none. A process that predicts does not load Prisma
 * (docs/decisions/0037-prisma-on-first-use.md). The rest of these tables goes through Prisma (../administration).
 */
import type { Connection } from '../database/connection.ts'
import type { Prisma } from '../generated/client.ts'
import type { AccessStatements } from '../statements.ts'

export const accessStatements = ({ one, write }: Pick<Connection, 'one' | 'write'>): AccessStatements => ({
  countPeople: async (role: string | null): Promise<number> =>
    one<{ count: number }>('SELECT COUNT(*) AS "count" FROM "Person" WHERE ?1 IS NULL OR "role" = ?1', role)
      ?.count ?? 0,
  /** Unless the person is disabled or the session has ended. */
  personInSession: async (id: string, session: { readonly id: string; readonly began: Date }) =>
    one<Prisma.PersonModel>(
      `SELECT *, "keptSession" AS "exceptSession" FROM "Person" WHERE "id" = ?1 AND NOT "isDisabled"
        AND ("sessionsFrom" <= ?2 OR "keptSession" = ?3) AND NOT EXISTS (SELECT 1 FROM "EndedSession" WHERE "id" = ?3)`,
      id,
      session.began,
      session.id,
    ) ?? null,
  /** Replaces the earlier tokens of this purpose. */
  replaceToken: (token: { readonly hash: string; readonly purpose: string; readonly createdAt: Date }) =>
    write((writing) => {
      writing.run('DELETE FROM "OneTimeToken" WHERE "purpose" = ?', token.purpose)
      writing.insert('OneTimeToken', token)
    }),
  keyByHash: async (hash: string) =>
    one<Prisma.ApiKeyModel & { readonly creatorName: string | null }>(
      `SELECT k.*, p."name" AS "creatorName" FROM "ApiKey" k LEFT JOIN "Person" p ON p."id" = k."createdById"
        WHERE k."hash" = ?`,
      hash,
    ) ?? null,
  async keyUsed(id: string, at: Date): Promise<void> {
    await write((writing) => writing.run('UPDATE "ApiKey" SET "lastUsedAt" = ? WHERE "id" = ?', at, id))
  },
  /** As JSON. */
  setting: async (name: string): Promise<string | null> =>
    one<{ valueJson: string }>('SELECT "valueJson" FROM "KeptSetting" WHERE "name" = ?', name)?.valueJson ??
    null,
  addChange: (change: Prisma.ChangeModel) => write((writing) => writing.insert('Change', change)),
})
