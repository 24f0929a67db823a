/** The heartbeats of hosts, and leases; like ../sqlite/host-statements.ts. */
import type { PostgresConnection } from '../database/postgres/connection.ts'
import type { Prisma } from '../generated/client.ts'
import type { HostStatements } from '../statements.ts'

/** Of hosts that were killed, and did not delete their row. */
const FORGOTTEN_AFTER_MS = 3_600_000

export const hostStatements = ({ all, run }: PostgresConnection): HostStatements => ({
  async seen(row, now) {
    const at = now()
    await run(
      `INSERT INTO "Host" ("id", "name", "role", "version", "startedAt", "lastSeen", "processesJson")
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT ("id") DO UPDATE
        SET "lastSeen" = excluded."lastSeen", "processesJson" = excluded."processesJson"`,
      row.id,
      row.name,
      row.role,
      row.version,
      row.startedAt,
      new Date(at),
      row.processesJson,
    )
    await run('DELETE FROM "Host" WHERE "lastSeen" < $1', new Date(at - FORGOTTEN_AFTER_MS))
  },
  async leave(id) {
    await run('DELETE FROM "Host" WHERE "id" = $1', id)
  },
  list: () => all<Prisma.HostModel>('SELECT * FROM "Host" ORDER BY "name", "startedAt", "id"'),
  takeLease: async ({ name, holder, until }, at) =>
    (await run(
      `INSERT INTO "Lease" ("name", "holder", "until") VALUES ($1, $2, $3) ON CONFLICT ("name") DO UPDATE
        SET "holder" = excluded."holder", "until" = excluded."until"
        WHERE "Lease"."holder" = excluded."holder" OR "Lease"."until" <= $4`,
      name,
      holder,
      until,
      at,
    )) > 0,
  async leaveLease(name, holder) {
    await run('DELETE FROM "Lease" WHERE "name" = $1 AND "holder" = $2', name, holder)
  },
})
