/** Prediction jobs as rows: what was sent, how far it is, and the result of each image. lib/serving computes them. */
import { storedNumbers } from '#lib/contracts/stored-json.ts'
import { PRECISIONS } from '#lib/contracts/precision.ts'
import { engine as engineSchema } from '#lib/contracts/fields.ts'
import { resultBytes } from '#lib/domain/jobs.ts'
import type { Prisma } from '../generated/client.ts'
import { newJob } from '../runs/jobs.ts'
import { conflict, parsed, type Store } from '../store.ts'
import type {
  PredictionJob,
  PredictionJobOwner,
  PredictionJobRow,
  PredictionJobStore,
} from './prediction-job-values.ts'

export const WITH_JOB = { job: true } as const
type StoredPredictionJob = Prisma.PredictionJobGetPayload<{ include: typeof WITH_JOB }>

const OPEN = { job: { state: { in: ['queued', 'running'] as string[] } } }
/** Of one transaction: others wait while it is written. */
const REMOVED_AT_ONCE = 1_000

export function predictionJobsOf({
  prisma,
  database,
  statements,
  id: newId,
  now,
}: Store): PredictionJobStore {
  return {
    create: ({ owner, ...draft }, mostOpen) =>
      prisma.$transaction(async (tx) => {
        const open = await tx.predictionJob.count({ where: { ...OPEN, ...ownedBy(owner) } })
        if (open >= mostOpen.ofSender) throw tooManyOpen(owner, open)
        if (owner.kind === 'anonymous') {
          const inAll = await tx.predictionJob.count({ where: { ...OPEN, ownerKind: 'anonymous' } })
          if (inAll >= mostOpen.anonymous) throw tooManyAnonymous(inAll)
        }
        const at = now()
        const kind = owner.kind === 'anonymous' ? 'predict-anonymous' : 'predict'
        const job = newJob({ id: newId(), kind, payload: { predictionJobId: draft.id }, at })
        await tx.job.create({ data: job })
        const row = await tx.predictionJob.create({
          data: {
            ...draft,
            jobId: job.id,
            ownerKind: owner.kind,
            ownerId: owner.id,
            ownerName: owner.name,
            done: 0,
            failed: 0,
            countsJson: '{}',
            createdAt: at,
          },
          include: WITH_JOB,
        })
        return predictionJobValue(row)
      }),
    async find(id) {
      const row = await prisma.predictionJob.findUnique({ where: { id }, include: WITH_JOB })
      return row && predictionJobValue(row)
    },
    async started(id) {
      await prisma.predictionJob.updateMany({ where: { id, startedAt: null }, data: { startedAt: now() } })
    },
    append: (id, rows) =>
      statements.predictions.appendToJob(id, {
        rows: rows.map((row) => ({ predictionJobId: id, ...columnsOf(row) })),
        latest: rows.findLast((row) => row.kind === 'predicted')?.prediction ?? null,
        countsWith: (before) => countsWith(parsed(storedNumbers, before), rows),
      }),
    async remove(id) {
      const job = await prisma.predictionJob.findUnique({ where: { id } })
      if (job === null) return false
      for (let from = 0; from < job.done; from += REMOVED_AT_ONCE)
        await prisma.predictionJobRow.deleteMany({
          where: { predictionJobId: id, position: { gte: from, lt: from + REMOVED_AT_ONCE } },
        })
      const { count } = await prisma.predictionJob.deleteMany({ where: { id } })
      await database.purgeLog() // file names may be personal
      return count > 0
    },
    async openIds(ownerKind) {
      if (!(await statements.pending.hasPredictionJobs())) return []
      const where = { ...OPEN, ...(ownerKind !== undefined && { ownerKind }) }
      const rows = await prisma.predictionJob.findMany({ where, select: { id: true } })
      return rows.map(({ id }) => id)
    },
    async expiredIds(before, anonymous) {
      if (!(await statements.pending.hasPredictionJobs())) return []
      const old = await prisma.predictionJob.findMany({
        where: { OR: [{ jobId: null }, { job: { endedAt: { lt: before } } }] },
        select: { id: true },
      })
      const ended = await prisma.predictionJob.findMany({
        where: { ownerKind: 'anonymous', job: { endedAt: { not: null } } },
        orderBy: { id: 'desc' },
        select: { id: true, done: true, topK: true },
      })
      let bytes = 0
      const tooMany = ended.filter(({ done, topK }, i) => {
        bytes += resultBytes(done, topK)
        return i >= anonymous.jobs || bytes > anonymous.bytes
      })
      return [...new Set([...old, ...tooMany].map(({ id }) => id))]
    },
  }
}

/** Those of this sender. */
export const ownedBy = ({ kind, id }: Pick<PredictionJobOwner, 'kind' | 'id'>) => ({
  ownerKind: kind,
  ownerId: id,
})

function countsWith(before: Readonly<Record<string, number>>, rows: readonly PredictionJobRow[]) {
  const counts = new Map(Object.entries(before))
  let failed = 0
  for (const row of rows) {
    if (row.kind === 'failed') failed += 1
    else counts.set(row.prediction.predicted_class, (counts.get(row.prediction.predicted_class) ?? 0) + 1)
  }
  return { countsJson: JSON.stringify(Object.fromEntries(counts)), failed }
}

function columnsOf(row: PredictionJobRow) {
  const { position, filename } = row
  return row.kind === 'failed'
    ? { position, filename, code: row.code, error: row.error, resultJson: null }
    : { position, filename, code: null, error: null, resultJson: JSON.stringify(row.prediction) }
}

const ownerKind = (kind: string): PredictionJobOwner['kind'] =>
  kind === 'person' || kind === 'key' || kind === 'link' ? kind : 'anonymous'

const STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const

export function predictionJobValue(row: StoredPredictionJob): PredictionJob {
  const { ownerId, ownerName, countsJson, job, ...rest } = row
  return {
    ...rest,
    owner: { kind: ownerKind(row.ownerKind), id: ownerId, name: ownerName },
    engine: row.engine === null ? null : engineSchema.parse(row.engine),
    precision: PRECISIONS.find((one) => one === row.precision) ?? null,
    counts: parsed(storedNumbers, countsJson),
    state: STATES.find((one) => one === job?.state) ?? 'failed',
    error: job?.state === 'failed' ? job.errorMessage : null,
    endedAt: job?.endedAt ?? null,
  }
}

const tooManyOpen = ({ kind }: PredictionJobOwner, open: number) =>
  conflict(
    'The images were not accepted',
    kind === 'anonymous'
      ? `${open} prediction jobs that were sent from your network address are not finished`
      : `${open} of your prediction jobs are not finished`,
    'Wait until one of them is finished, or cancel one.',
  )

const tooManyAnonymous = (open: number) =>
  conflict(
    'The images were not accepted',
    `${open} prediction jobs that were sent without a login or key are not finished`,
    'Wait until one of them is finished, or log in.',
  )
