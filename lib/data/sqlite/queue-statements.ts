/**
 * The steps of the job queue. Each is one statement, so that two workers never hold one job; a worker makes them every
 * second or with each job, and does not load Prisma while it has nothing to do
 * (docs/decisions/0037-prisma-on-first-use.md). They wait for a lock for 5 s only, because lib/jobs tries each
 * again; Prisma waits as long as its process does, in a worker 300 s. Cancelling goes through Prisma
 * (../runs/jobs.ts).
 */
import { LAST_KIND } from '#lib/domain/jobs.ts'
import type { Connection, TransactionScope } from '../database/connection.ts'
import type { Job } from '../generated/client.ts'
import type { JobOutcome, JobLease, QueueStatements } from '../statements.ts'

const PATIENCE_MS = 5_000

/** A job whose lease expired may be claimed again, whichever process had it. */
const NEXT =
  `SELECT "id" FROM "Job" WHERE "kind" IN (SELECT "value" FROM json_each(?)) AND (("state" = 'queued' ` +
  `AND "notBefore" <= ?) OR ("state" = 'running' AND "leaseUntil" <= ?)) ` +
  `ORDER BY "kind" = '${LAST_KIND}', "id" LIMIT 1`
const CLAIM =
  `UPDATE "Job" SET "state" = 'running', "attempt" = "attempt" + 1, "worker" = ?, "leaseUntil" = ? WHERE ` +
  `"id" = (${NEXT}) RETURNING *`
const HELD = `"id" = ? AND "worker" = ? AND "state" = 'running'`

export const queueStatements = ({ one, write }: Pick<Connection, 'one' | 'write'>): QueueStatements => {
  const changed = (work: (writing: TransactionScope) => number): Promise<boolean> =>
    write((writing) => work(writing) > 0, PATIENCE_MS)
  const isThere = (kinds: readonly string[], at: Date): boolean =>
    one(NEXT, JSON.stringify(kinds), at, at) !== undefined
  return {
    isWaiting: async (kinds: readonly string[], at: Date) => isThere(kinds, at),
    async claim(
      kinds: readonly string[],
      lease: { readonly worker: string; readonly at: Date; readonly until: Date },
    ): Promise<Job | null> {
      if (!isThere(kinds, lease.at)) return null // an idle worker takes no lock
      const claimed = await write(
        (writing) =>
          writing.one<Job>(CLAIM, lease.worker, lease.until, JSON.stringify(kinds), lease.at, lease.at),
        PATIENCE_MS,
      )
      return claimed ?? null
    },
    extend: ({ id, worker }: JobLease, until: Date) =>
      changed((writing) => writing.run(`UPDATE "Job" SET "leaseUntil" = ? WHERE ${HELD}`, until, id, worker)),
    /** Ends the lease. */
    leave({ id, worker }: JobLease, change: JobOutcome): Promise<boolean> {
      const row = { ...change, worker: null, leaseUntil: null }
      const columns = Object.keys(row).map((name) => `"${name}" = ?`)
      return changed((writing) =>
        writing.run(
          `UPDATE "Job" SET ${columns.join(', ')} WHERE ${HELD}`,
          ...Object.values(row),
          id,
          worker,
        ),
      )
    },
    /** Back to the queue; the attempt does not count. */
    release: ({ id, worker }: JobLease, notBefore: Date) =>
      changed((writing) =>
        writing.run(
          `UPDATE "Job" SET "state" = 'queued', "attempt" = "attempt" - 1, "notBefore" = ?, "worker" = NULL,
            "leaseUntil" = NULL WHERE ${HELD}`,
          notBefore,
          id,
          worker,
        ),
      ),
    add: (job: Job) => write((writing) => writing.insert('Job', job)),
    row: async (id: string) => one<Job>('SELECT * FROM "Job" WHERE "id" = ?', id) ?? null,
    latest: async (kind: string) =>
      one<Job>('SELECT * FROM "Job" WHERE "kind" = ? ORDER BY "id" DESC LIMIT 1', kind) ?? null,
  }
}
