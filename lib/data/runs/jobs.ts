/** The queue's rows: every step is one statement, so that two workers never hold one job. When to retry and
 *  when to give up is lib/jobs' to say. */
import { storedValue } from '#lib/contracts/stored-json.ts'
import { JOB_KINDS, JOB_STATES, LAST_KIND, type Job, type JobKind } from '#lib/domain/jobs.ts'
import type { TransactionScope } from '../database/connection.ts'
import type { Jobs } from '../data.ts'
import { notFound, parsed, parsedOrNull, wordOf } from '../store.ts'
import type { Store } from '../store.ts'

type Row = {
  id: string
  kind: string
  payloadJson: string
  state: string
  attempt: number
  resultJson: string | null
  errorCode: string | null
  errorMessage: string | null
}

/** A job whose lease expired may be claimed again, whichever process had it. */
const NEXT =
  `SELECT "id" FROM "Job" WHERE "kind" IN (SELECT "value" FROM json_each(?)) AND (("state" = 'queued' ` +
  `AND "notBefore" <= ?) OR ("state" = 'running' AND "leaseUntil" <= ?)) ` +
  `ORDER BY "kind" = '${LAST_KIND}', "id" LIMIT 1`
const CLAIM =
  `UPDATE "Job" SET "state" = 'running', "attempt" = "attempt" + 1, "worker" = ?, "leaseUntil" = ? WHERE ` +
  `"id" = (${NEXT}) RETURNING *`
/** How long one step of the queue waits for a lock of another program: lib/jobs tries each again. */
const PATIENCE_MS = 5_000
const HELD = `"id" = ? AND "worker" = ? AND "state" = 'running'`
const LET_GO = `"worker" = NULL, "leaseUntil" = NULL`

export function jobsOf({ connection, id }: Store): Jobs {
  const changed = (sql: string, ...values: (string | number | null)[]): Promise<boolean> =>
    connection.write((writing) => writing.run(sql, ...values) > 0, PATIENCE_MS)
  return {
    enqueue: (kind, payload, now) =>
      connection.write((writing) => insertJob(writing, { id: id(), kind, payload, now })),
    async claim(worker, kinds, now, leaseMs) {
      const of = [JSON.stringify(kinds), now, now] as const
      if (!connection.one(NEXT, ...of)) return null // an idle worker takes no lock
      const row = await connection.write(
        (writing) => writing.one<Row>(CLAIM, worker, now + leaseMs, ...of),
        PATIENCE_MS,
      )
      return row ? valueOf(row) : null
    },
    isWaiting: async (kinds, now) => connection.one(NEXT, JSON.stringify(kinds), now, now) !== undefined,
    heartbeat: (job, worker, now, leaseMs) =>
      changed(`UPDATE "Job" SET "leaseUntil" = ? WHERE ${HELD}`, now + leaseMs, job, worker),
    complete: (job, worker, result, now) =>
      changed(
        `UPDATE "Job" SET "state" = 'done', "resultJson" = ?, "endedAt" = ?, ${LET_GO} WHERE ${HELD}`,
        JSON.stringify(result ?? null),
        now,
        job,
        worker,
      ),
    fail: (job, worker, { code, message }, retryAt, now) =>
      retryAt === null
        ? changed(
            `UPDATE "Job" SET "state" = 'failed', "errorCode" = ?, "errorMessage" = ?, "endedAt" = ?, ` +
              `${LET_GO} WHERE ${HELD}`,
            code,
            message,
            now,
            job,
            worker,
          )
        : changed(
            `UPDATE "Job" SET "state" = 'queued', "errorCode" = ?, "errorMessage" = ?, "notBefore" = ` +
              `?, ${LET_GO} WHERE ${HELD}`,
            code,
            message,
            retryAt,
            job,
            worker,
          ),
    release: (job, worker, now) =>
      changed(
        `UPDATE "Job" SET "state" = 'queued', "attempt" = "attempt" - 1, "notBefore" = ?, ${LET_GO} WHERE ${HELD}`,
        now,
        job,
        worker,
      ),
    cancelled: (job, worker, now) =>
      changed(
        `UPDATE "Job" SET "state" = 'cancelled', "endedAt" = ?, ${LET_GO} WHERE ${HELD}`,
        now,
        job,
        worker,
      ),
    requestCancel: (job, now) =>
      connection.write((writing) => {
        if (
          writing.run(
            `UPDATE "Job" SET "state" = 'cancelled', "isCancelRequested" = 1, "endedAt" = ? WHERE "id" ` +
              `= ? AND "state" = 'queued'`,
            now,
            job,
          ) > 0
        )
          return 'cancelled'
        return writing.run(
          `UPDATE "Job" SET "isCancelRequested" = 1 WHERE "id" = ? AND "state" = 'running'`,
          job,
        ) > 0
          ? 'requested'
          : 'over'
      }),
    isCancelRequested: async (job) =>
      connection.one<{ is: number }>('SELECT "isCancelRequested" AS "is" FROM "Job" WHERE "id" = ?', job)
        ?.is === 1,
    async get(job) {
      const row = connection.one<Row>('SELECT * FROM "Job" WHERE "id" = ?', job)
      if (!row) throw notFound('job', job)
      return valueOf(row)
    },
    async latest(kind) {
      const row = connection.one<Row & { createdAt: number; endedAt: number | null }>(
        'SELECT * FROM "Job" WHERE "kind" = ? ORDER BY "id" DESC LIMIT 1',
        kind,
      )
      if (row === undefined) return null
      const { createdAt, endedAt } = row
      return {
        ...valueOf(row),
        createdAt: new Date(createdAt),
        endedAt: endedAt === null ? null : new Date(endedAt),
      }
    },
  }
}

export function insertJob(
  writing: TransactionScope,
  draft: { readonly id: string; readonly kind: JobKind; readonly payload: unknown; readonly now: number },
): string {
  const { id, kind, payload, now } = draft
  writing.insert('Job', {
    id,
    kind,
    payloadJson: JSON.stringify(payload),
    state: 'queued',
    attempt: 0,
    worker: null,
    leaseUntil: null,
    notBefore: now,
    isCancelRequested: false,
    resultJson: null,
    errorCode: null,
    errorMessage: null,
    createdAt: now,
    endedAt: null,
  })
  return id
}

const valueOf = (row: Row): Job => ({
  id: row.id,
  kind: wordOf(JOB_KINDS, row.kind, 'Job.kind'),
  payload: parsed(storedValue, row.payloadJson),
  state: wordOf(JOB_STATES, row.state, 'Job.state'),
  attempt: row.attempt,
  result: parsedOrNull(storedValue, row.resultJson),
  error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? '' },
})
