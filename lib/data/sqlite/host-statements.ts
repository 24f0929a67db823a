/**
 * The heartbeat of a host, and the lease of work that one process at a time does for all hosts: each is written every
 * few seconds, by processes that may never load Prisma (docs/decisions/0037-prisma-on-first-use.md).
 */
import type { Connection } from '../database/connection.ts'
import type { Prisma } from '../generated/client.ts'
import type { HostStatements } from '../statements.ts'

/** Of hosts that were killed, and did not delete their row. */
const FORGOTTEN_AFTER_MS = 3_600_000

export const hostStatements = ({ all, write }: Pick<Connection, 'all' | 'write'>): HostStatements => ({
  seen: (row: Omit<Prisma.HostModel, 'lastSeen'>, now: () => number) =>
    write((writing) => {
      const at = now()
      writing.run(
        `INSERT INTO "Host" ("id", "name", "role", "version", "startedAt", "lastSeen", "processesJson")
          VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT ("id") DO UPDATE
          SET "lastSeen" = excluded."lastSeen", "processesJson" = excluded."processesJson"`,
        row.id,
        row.name,
        row.role,
        row.version,
        row.startedAt,
        at,
        row.processesJson,
      )
      writing.run('DELETE FROM "Host" WHERE "lastSeen" < ?', at - FORGOTTEN_AFTER_MS)
    }),
  async leave(id: string): Promise<void> {
    await write((writing) => writing.run('DELETE FROM "Host" WHERE "id" = ?', id))
  },
  list: async () => all<Prisma.HostModel>('SELECT * FROM "Host" ORDER BY "name", "startedAt", "id"'),
  takeLease: async ({ name, holder, until }: Prisma.LeaseModel, at: Date): Promise<boolean> =>
    (await write((writing) =>
      writing.run(
        `INSERT INTO "Lease" ("name", "holder", "until") VALUES (?, ?, ?) ON CONFLICT ("name") DO UPDATE
          SET "holder" = excluded."holder", "until" = excluded."until"
          WHERE "Lease"."holder" = excluded."holder" OR "Lease"."until" <= ?`,
        name,
        holder,
        until,
        at,
      ),
    )) > 0,
  async leaveLease(name: string, holder: string): Promise<void> {
    await write((writing) =>
      writing.run('DELETE FROM "Lease" WHERE "name" = ? AND "holder" = ?', name, holder),
    )
  },
})
