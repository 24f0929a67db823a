/** Training runs, and their events as they happen. */
import type { Input } from '#lib/contracts/contract.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { RunAnswer, RunEventAnswer, runEvents } from '#lib/contracts/retrain.ts'
import { bestEpochOf, endedEarly } from '#lib/domain/evaluation/early-stop.ts'
import { pageOf } from '#lib/domain/page.ts'
import type { Data } from '#lib/data/data.ts'
import { ACTIVE_STATES, isActive, runValue, WITH_VERSIONS } from '#lib/data/runs/runs.ts'
import { notFound } from '#lib/data/store.ts'
import type { Store } from '#lib/data/store.ts'
import type { Run } from '#lib/data/values.ts'
import { followRuns } from './run-events.ts'
import { progressOf, stageAnswer, stageOf } from './run-stage.ts'

type RunQueries = {
  readonly retrainStatus: RouteAnswer<'GET /api/retrain/status'>
  readonly listRuns: RouteAnswer<'GET /api/runs'>
  readonly getRun: RouteAnswer<'GET /api/runs/{id}'>
  readonly runEvents: (
    input: Input<typeof runEvents>,
    request: { readonly signal: AbortSignal },
  ) => Promise<AsyncIterable<RunEventAnswer>>
}

export function runQueries({ prisma }: Store, { classifiers }: Pick<Data, 'classifiers'>): RunQueries {
  const find = async (id: string): Promise<RunAnswer | null> => {
    const row = await prisma.run.findUnique({ where: { id }, include: WITH_VERSIONS })
    return row && answerOf(runValue(row))
  }
  const get = async (id: string): Promise<RunAnswer> => {
    const run = await find(id)
    if (!run) throw notFound('training', id)
    return run
  }
  const events = followRuns(prisma, find)

  return {
    getRun: ({ id }) => get(id),
    async runEvents({ id, after }, { signal }) {
      const run = await events.runOf(id)
      if (!run) throw notFound('training', id)
      return events.follow({ run, after, signal })
    },
    async listRuns({ classifier, cursor, limit }) {
      if (classifier !== undefined) await classifiers.get(classifier)
      const rows = await prisma.run.findMany({
        where: { ...listedClassifier(classifier), id: { lt: cursor } },
        include: WITH_VERSIONS,
        orderBy: { id: 'desc' },
        take: limit + 1,
      })
      const page = pageOf(rows.map(runValue), limit, (run) => run.id)
      return { runs: page.rows.map(answerOf), next_cursor: page.next }
    },
    async retrainStatus({ classifier }) {
      if (classifier !== undefined) await classifiers.get(classifier)
      const where = listedClassifier(classifier)
      const [active, done] = await Promise.all([
        prisma.run.findMany({
          where: { ...where, state: { in: [...ACTIVE_STATES] } },
          include: WITH_VERSIONS,
          orderBy: { id: 'asc' },
        }),
        prisma.run.aggregate({ where: { ...where, state: 'done' }, _max: { endedAt: true } }),
      ])
      const current = active.find(({ state }) => state !== 'queued') ?? active[0]
      const row =
        current ?? (await prisma.run.findFirst({ where, include: WITH_VERSIONS, orderBy: { id: 'desc' } }))
      const run = row && runValue(row)
      return {
        is_running: current !== undefined,
        progress: run ? progressOf(run) : 0,
        message: run?.message ?? 'No training run yet',
        last_retrain_time: done._max.endedAt?.toISOString() ?? null,
        run_id: run?.id ?? null,
        classifier: run?.classifierId ?? classifier ?? null,
      }
    },
  }
}

/** The classifier; without one, all that are not in the trash. */
const listedClassifier = (classifier: string | undefined) =>
  classifier === undefined ? { classifier: { trashedAt: null } } : { classifierId: classifier }

function answerOf(run: Run): RunAnswer {
  const stage = stageOf(run)
  return {
    id: run.id,
    classifier: run.classifierId,
    state: run.state,
    recipe: run.recipe,
    base_version: run.baseVersion,
    version: run.version,
    version_id: run.versionId,
    engine: run.engine,
    epochs: run.epochs,
    epoch: run.epoch,
    best_epoch: bestEpochOf(run.points),
    stopped_early: (run.state === 'judging' || run.state === 'done') && endedEarly(run),
    step: run.step,
    steps: run.steps,
    progress: progressOf(run),
    stage: stage && stageAnswer(stage),
    eta_seconds: run.etaSeconds,
    memory_mb: run.memoryMb,
    message: run.message,
    images: run.images,
    points: [...run.points],
    verdict: run.verdict,
    is_promoted: run.isPromoted,
    can_resume: run.canResume && !isActive(run.state),
    error: run.error,
    seed: run.seed,
    is_automatic: run.isAutomatic,
    created_at: run.createdAt.toISOString(),
    started_at: run.startedAt?.toISOString() ?? null,
    ended_at: run.endedAt?.toISOString() ?? null,
  }
}
