/** The steps of the job queue; like ../sqlite/queue-statements.ts. A worker that claims skips jobs that another one is
 *  claiming, so that workers do not wait for each other. */
import { LAST_KIND } from '#lib/domain/jobs.ts'
import type { PostgresConnection, PostgresValue } from '../database/postgres/connection.ts'
import type { Job } from '../generated/client.ts'
import type { QueueStatements } from '../statements.ts'

const NEXT = (kinds: string, at: string): string =>
  `SELECT "id" FROM "Job" WHERE "kind" = ANY(${kinds}) AND (("state" = 'queued' AND "notBefore" <= ${at})
    OR ("state" = 'running' AND "leaseUntil" <= ${at})) ORDER BY "kind" = '${LAST_KIND}', "id" LIMIT 1`
const CLAIM = `UPDATE "Job" SET "state" = 'running', "attempt" = "attempt" + 1, "worker" = $1, "leaseUntil" = $2
  WHERE "id" = (${NEXT('$3::text[]', '$4')} FOR UPDATE SKIP LOCKED) RETURNING *`
const HELD = `"id" = $1 AND "worker" = $2 AND "state" = 'running'`

export const queueStatements = ({ one, run }: PostgresConnection): QueueStatements => {
  const isWaiting: QueueStatements['isWaiting'] = async (kinds, at) =>
    (await one(NEXT('$1::text[]', '$2'), [...kinds], at)) !== undefined
  const changed = async (sql: string, ...values: PostgresValue[]): Promise<boolean> =>
    (await run(sql, ...values)) > 0
  return {
    isWaiting,
    async claim(kinds, lease) {
      if (!(await isWaiting(kinds, lease.at))) return null // an idle worker writes nothing
      return (await one<Job>(CLAIM, lease.worker, lease.until, [...kinds], lease.at)) ?? null
    },
    extend: ({ id, worker }, until) =>
      changed(`UPDATE "Job" SET "leaseUntil" = $3 WHERE ${HELD}`, id, worker, until),
    leave({ id, worker }, change) {
      const row = { ...change, worker: null, leaseUntil: null }
      const columns = Object.keys(row).map((name, i) => `"${name}" = $${i + 3}`)
      return changed(
        `UPDATE "Job" SET ${columns.join(', ')} WHERE ${HELD}`,
        id,
        worker,
        ...Object.values(row),
      )
    },
    release: ({ id, worker }, notBefore) =>
      changed(
        `UPDATE "Job" SET "state" = 'queued', "attempt" = "attempt" - 1, "notBefore" = $3, "worker" = NULL,
          "leaseUntil" = NULL WHERE ${HELD}`,
        id,
        worker,
        notBefore,
      ),
    async add(job) {
      const columns = Object.keys(job)
      await run(
        `INSERT INTO "Job" (${columns.map((name) => `"${name}"`).join(', ')})
          VALUES (${columns.map((_, i) => `$${i + 1}`).join(', ')})`,
        ...Object.values(job),
      )
    },
    row: async (id) => (await one<Job>('SELECT * FROM "Job" WHERE "id" = $1', id)) ?? null,
    latest: async (kind) =>
      (await one<Job>('SELECT * FROM "Job" WHERE "kind" = $1 ORDER BY "id" DESC LIMIT 1', kind)) ?? null,
  }
}
