/** Prediction jobs for their sender and for admins: list, state, progress as it happens, results as a file. Everyone
 *  else gets `not_found`; a job of an anonymous sender belongs to everyone who knows its id. */
import type { Caller, FileAnswer, Input } from '#lib/contracts/contract.ts'
import {
  jobPrediction,
  type getPredictionJob,
  type listPredictionJobs,
  type PredictionJobAnswer,
  type predictionJobEvents,
  type predictionJobResults,
} from '#lib/contracts/prediction-jobs.ts'
import type { Data } from '#lib/data/data.ts'
import type {
  PredictionJob,
  PredictionJobOwner,
  PredictionJobRow,
} from '#lib/data/predictions/prediction-job-values.ts'
import { ownedBy, predictionJobValue, WITH_JOB } from '#lib/data/predictions/prediction-jobs.ts'
import { notFound, parsed, type Store } from '#lib/data/store.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { exportFile } from '#lib/domain/export-file.ts'
import { pageOf } from '#lib/domain/page.ts'

const MOST_FAILURES = 100
const ROWS_AT_ONCE = 200
const POLL_EVERY_MS = 1_000
const DAY_MS = 86_400_000
/** Before that share is done, the remaining time would be a guess. */
/** Shorter than that, so that each poll of one reader reads again. */
const SHARED_MS = 900
const LEAST_FOR_ETA = 0.01

type JobRequest = { readonly caller: Caller; readonly signal: AbortSignal }

export type PredictionJobQueries = {
  readonly listPredictionJobs: (
    input: Input<typeof listPredictionJobs>,
    request: Pick<JobRequest, 'caller'>,
  ) => Promise<{ readonly jobs: PredictionJobAnswer[]; readonly next_cursor: string | null }>
  readonly getPredictionJob: (
    input: Input<typeof getPredictionJob>,
    request: Pick<JobRequest, 'caller'>,
  ) => Promise<PredictionJobAnswer>
  readonly predictionJobEvents: (
    input: Input<typeof predictionJobEvents>,
    request: JobRequest,
  ) => Promise<AsyncIterable<{ readonly seq: number; readonly job: PredictionJobAnswer }>>
  readonly predictionJobResults: (
    input: Input<typeof predictionJobResults>,
    request: Pick<JobRequest, 'caller'>,
  ) => Promise<FileAnswer>
}

export function predictionJobQueries(
  store: Store,
  { classifiers, predictionJobs }: Pick<Data, 'classifiers' | 'predictionJobs'>,
): PredictionJobQueries {
  const { prisma, now, settings } = store
  const days = settings.predictionJobDays ?? 7

  async function readable(id: string, caller: Caller): Promise<PredictionJob> {
    const job = await predictionJobs.find(id)
    if (job === null || !mayRead(job, caller)) throw notFound('prediction job', id)
    return job
  }

  async function answerOf(job: PredictionJob): Promise<PredictionJobAnswer> {
    const failures =
      job.failed === 0
        ? []
        : await prisma.predictionJobRow.findMany({
            where: { predictionJobId: job.id, code: { not: null } },
            orderBy: { position: 'asc' },
            take: MOST_FAILURES,
          })
    const share = job.total === 0 ? 1 : job.done / job.total
    const elapsedMs = job.startedAt === null ? 0 : now().getTime() - job.startedAt.getTime()
    const isTimed = job.state === 'running' && share >= LEAST_FOR_ETA && job.done > 0
    return {
      id: job.id,
      url: `/api/predict/jobs/${job.id}`,
      results_url: `/api/predict/jobs/${job.id}/results`,
      classifier: job.classifierId,
      model_version: job.version,
      engine: job.engine,
      precision: job.precision,
      state: job.state,
      message: messageOf(job),
      progress: job.state === 'done' ? 100 : Math.min(100, share * 100),
      total: job.total,
      done: job.done,
      failed: job.failed,
      per_class: Object.entries(job.counts)
        .map(([name, count]) => ({ class: name, count }))
        .toSorted((one, other) => other.count - one.count),
      failures: failures.map(({ position, filename, code, error }) => ({
        index: position,
        filename,
        code: code ?? 'internal',
        error: error ?? '',
      })),
      top_k: job.topK,
      filename: job.filename,
      by: job.owner.name,
      eta_seconds: isTimed ? Math.ceil(((elapsedMs / job.done) * (job.total - job.done)) / 1_000) : null,
      error: job.error,
      created_at: job.createdAt.toISOString(),
      started_at: job.startedAt?.toISOString() ?? null,
      ended_at: job.endedAt?.toISOString() ?? null,
      expires_at: job.endedAt && new Date(job.endedAt.getTime() + days * DAY_MS).toISOString(),
    }
  }

  async function* rowsOf(id: string): AsyncGenerator<readonly PredictionJobRow[]> {
    for (let from = 0; ; from += ROWS_AT_ONCE) {
      const rows = await prisma.predictionJobRow.findMany({
        where: { predictionJobId: id, position: { gte: from, lt: from + ROWS_AT_ONCE } },
        orderBy: { position: 'asc' },
      })
      if (rows.length > 0)
        yield rows.map(({ position, filename, code, error, resultJson }) =>
          resultJson === null
            ? { position, filename, kind: 'failed', code: code ?? 'internal', error: error ?? '' }
            : { position, filename, kind: 'predicted', prediction: parsed(jobPrediction, resultJson) },
        )
      if (rows.length < ROWS_AT_ONCE) return
    }
  }

  /** Read once a second for all who follow a job, who then share one event. */
  const latest = new Map<string, Promise<{ readonly owner: PredictionJobOwner; readonly event: JobEvent }>>()

  function latestOf(id: string) {
    const known = latest.get(id)
    if (known) return known
    const reading = predictionJobs.find(id).then(async (job) => {
      if (job === null) throw notFound('prediction job', id)
      const answer = await answerOf(job)
      return { owner: job.owner, event: { seq: seqOf(answer), job: answer } }
    })
    latest.set(id, reading)
    setTimeout(() => latest.delete(id), SHARED_MS).unref()
    return reading
  }

  async function* follow(id: string, caller: Caller, signal: AbortSignal) {
    for (let last = 0; !signal.aborted;) {
      const { owner, event } = await latestOf(id)
      if (!mayRead({ owner }, caller)) throw notFound('prediction job', id)
      if (event.seq > last) yield event
      last = event.seq
      if (event.job.ended_at !== null) return
      await new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', end)
          resolve()
        }
        const timer = setTimeout(end, POLL_EVERY_MS)
        signal.addEventListener('abort', end)
      })
    }
  }

  return {
    async listPredictionJobs({ classifier, cursor, limit }, { caller }) {
      if (classifier !== undefined) await classifiers.get(classifier)
      if (caller.kind === 'anonymous' && !isAdmin(caller)) return { jobs: [], next_cursor: null }
      const rows = await prisma.predictionJob.findMany({
        where: {
          ...(isAdmin(caller) ? {} : ownedBy(caller)),
          ...(classifier === undefined ? {} : { classifierId: classifier }),
          id: { lt: cursor },
        },
        include: WITH_JOB,
        orderBy: { id: 'desc' },
        take: limit + 1,
      })
      const page = pageOf(rows.map(predictionJobValue), limit, (job) => job.id)
      return { jobs: await Promise.all(page.rows.map(answerOf)), next_cursor: page.next }
    },
    getPredictionJob: async ({ id }, { caller }) => answerOf(await readable(id, caller)),
    async predictionJobEvents({ id }, { caller, signal }) {
      await readable(id, caller)
      return follow(id, caller, signal)
    },
    async predictionJobResults({ id, format }, { caller }) {
      const job = await readable(id, caller)
      const day = job.createdAt.toISOString().slice(0, 10)
      return exportFile(`predictions-${job.classifierId}-${job.version}-${day}`, format, {
        pages: rowsOf(id),
        columns: COLUMNS,
        cellsOf(row) {
          const cells = cellsOf(row)
          return COLUMNS.map((column) => cells[column] ?? null)
        },
        objectOf: lineOf,
      })
    },
  }
}

type JobEvent = { readonly seq: number; readonly job: PredictionJobAnswer }

/** Grows with the progress of a job: queued, started, each image, ended. */
const seqOf = ({ done, started_at, ended_at }: PredictionJobAnswer): number =>
  1 + done + (started_at === null ? 0 : 1) + (ended_at === null ? 0 : 1)

const isAdmin = ({ scopes }: Caller): boolean => scopes.includes('admin')

export const mayRead = ({ owner }: Pick<PredictionJob, 'owner'>, caller: Caller): boolean =>
  isAdmin(caller) || owner.kind === 'anonymous' || (owner.kind === caller.kind && owner.id === caller.id)

function messageOf({ state, done, total, failed }: PredictionJob): string {
  const errors = failed === 0 ? '' : `, ${failed} with an error`
  switch (state) {
    case 'queued':
      return done === 0 ? 'Waiting to start' : `Waiting to continue after ${counted(done, 'image')}`
    case 'running':
      return `${done.toLocaleString('en')} of ${counted(total, 'image')}${errors}`
    case 'done':
      return `${counted(total, 'image')}${errors}`
    case 'cancelled':
      return `Cancelled after ${done.toLocaleString('en')} of ${counted(total, 'image')}`
    case 'failed':
      return `Failed after ${done.toLocaleString('en')} of ${counted(total, 'image')}`
  }
}

const COLUMNS = [
  'index',
  'filename',
  'model_version',
  'predicted_class',
  'confidence',
  'decision',
  'candidates',
  'top_k',
  'width',
  'height',
  'engine',
  'precision',
  'code',
  'error',
] as const

function cellsOf(
  row: PredictionJobRow,
): Readonly<Partial<Record<(typeof COLUMNS)[number], string | number | null>>> {
  const { position: index, filename } = row
  if (row.kind === 'failed') return { index, filename, code: row.code, error: row.error }
  const { candidates, top_k, image_problem: _, predicted_index: __, ...cells } = row.prediction
  return {
    index,
    filename,
    ...cells,
    candidates: candidates && JSON.stringify(candidates),
    top_k: JSON.stringify(Object.fromEntries(top_k.map((one) => [one.class, one.probability]))),
  }
}

const lineOf = (row: PredictionJobRow) =>
  row.kind === 'failed'
    ? { index: row.position, filename: row.filename, success: false, code: row.code, error: row.error }
    : { index: row.position, filename: row.filename, success: true, ...row.prediction }
