/** Jobs as lib/jobs and those who add, cancel and read them see them. When to retry and when to give up is lib/jobs'
 *  to say. */
import { storedValue } from '#lib/contracts/stored-json.ts'
import { portablePaths } from '#lib/domain/text/portable-paths.ts'
import { JOB_KINDS, JOB_STATES, type Job, type JobKind } from '#lib/domain/jobs.ts'
import type { Jobs, TimedJob } from '../data.ts'
import type { Job as Row } from '../generated/client.ts'
import { notFound, parsed, parsedOrNull, wordOf } from '../store.ts'
import type { Store } from '../store.ts'

export function jobsOf({ prisma, statements: { queue }, settings, id }: Store): Jobs {
  return {
    async enqueue(kind, payload, now) {
      const portable = portablePaths(payload, settings.dataDir)
      const job = newJob({ id: id(), kind, payload: portable, at: new Date(now) })
      await queue.add(job)
      return job.id
    },
    async claim(worker, kinds, now, leaseMs) {
      const row = await queue.claim(kinds, { worker, at: new Date(now), until: new Date(now + leaseMs) })
      return row && valueOf(row)
    },
    isWaiting: (kinds, now) => queue.isWaiting(kinds, new Date(now)),
    heartbeat: (job, worker, now, leaseMs) => queue.extend({ id: job, worker }, new Date(now + leaseMs)),
    complete: (job, worker, result, now) =>
      queue.leave(
        { id: job, worker },
        { state: 'done', resultJson: JSON.stringify(result ?? null), endedAt: new Date(now) },
      ),
    fail: (job, worker, { code, message }, retryAt, now) =>
      queue.leave(
        { id: job, worker },
        {
          errorCode: code,
          errorMessage: message,
          ...(retryAt === null
            ? { state: 'failed', endedAt: new Date(now) }
            : { state: 'queued', notBefore: new Date(retryAt) }),
        },
      ),
    release: (job, worker, now) => queue.release({ id: job, worker }, new Date(now)),
    cancelled: (job, worker, now) =>
      queue.leave({ id: job, worker }, { state: 'cancelled', endedAt: new Date(now) }),
    requestCancel: (job, now) =>
      prisma.$transaction(async (tx) => {
        const ended = await tx.job.updateMany({
          where: { id: job, state: 'queued' },
          data: { state: 'cancelled', isCancelRequested: true, endedAt: new Date(now) },
        })
        if (ended.count > 0) return 'cancelled'
        const requested = await tx.job.updateMany({
          where: { id: job, state: 'running' },
          data: { isCancelRequested: true },
        })
        return requested.count > 0 ? 'requested' : 'over'
      }),
    isCancelRequested: async (job) => (await queue.row(job))?.isCancelRequested === true,
    async get(job) {
      const row = await queue.row(job)
      if (!row) throw notFound('job', job)
      return valueOf(row)
    },
    async latest(kind) {
      const row = await queue.latest(kind)
      return row && timedValueOf(row)
    },
    recent: async (kind, most) =>
      (await prisma.job.findMany({ where: { kind }, orderBy: { id: 'desc' }, take: most })).map(timedValueOf),
    async getTimed(kind, job) {
      const row = await prisma.job.findFirst({ where: { id: job, kind } })
      if (!row) throw notFound('job', job)
      return timedValueOf(row)
    },
  }
}

/** A queued job, as a row. `at`: from when it may be claimed. */
export const newJob = (draft: {
  readonly id: string
  readonly kind: JobKind
  readonly payload: unknown
  readonly at: Date
}): Row => ({
  id: draft.id,
  kind: draft.kind,
  payloadJson: JSON.stringify(draft.payload),
  state: 'queued',
  attempt: 0,
  worker: null,
  leaseUntil: null,
  notBefore: draft.at,
  isCancelRequested: false,
  resultJson: null,
  errorCode: null,
  errorMessage: null,
  createdAt: draft.at,
  endedAt: null,
})

const timedValueOf = (row: Row): TimedJob => ({
  ...valueOf(row),
  createdAt: row.createdAt,
  endedAt: row.endedAt,
})

const valueOf = (row: Row): Job => ({
  id: row.id,
  kind: wordOf(JOB_KINDS, row.kind, 'Job.kind'),
  payload: parsed(storedValue, row.payloadJson),
  state: wordOf(JOB_STATES, row.state, 'Job.state'),
  attempt: row.attempt,
  result: parsedOrNull(storedValue, row.resultJson),
  error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? '' },
})
