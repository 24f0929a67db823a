/** Trainings as their contracts say them. */
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import { bestEpochOf, endedEarly } from '#lib/domain/early-stop.ts'
import type { Answers, Data } from '#lib/data/data.ts'
import { isActive, runIn, runsBefore } from '#lib/data/runs.ts'
import type { Store } from '#lib/data/store.ts'
import { ofListed } from '#lib/data/trashed-classifiers.ts'
import type { Run } from '#lib/data/values.ts'
import { pageOf } from '#lib/domain/page.ts'
import { runEventsOf } from './run-events.ts'
import { progressOf, stageAnswer, stageOf } from './run-stage.ts'

type RunQueries = Pick<Answers, 'retrainStatus' | 'listRuns' | 'getRun' | 'runEvents'>

export function runAnswers(store: Store, { classifiers }: Pick<Data, 'classifiers'>): RunQueries {
  const { connection } = store
  const events = runEventsOf(store, answerOf)
  return {
    async retrainStatus({ classifier }) {
      if (classifier !== undefined) await classifiers.get(classifier)
      const of = classifier ?? null
      const [newest] = runsBefore(connection, { classifierId: of, cursor: undefined, limit: 1 })
      const active = connection.one<{ id: string }>(
        `SELECT "id" FROM "Run" WHERE "state" IN ('queued', 'running', 'judging') AND ` +
          `${ofListed('"classifierId"')} ORDER BY "state" = 'queued', "id" LIMIT 1`,
        of,
      )
      const last = connection.one<{ at: number | null }>(
        `SELECT MAX("endedAt") AS "at" FROM "Run" WHERE "state" = 'done' AND ${ofListed('"classifierId"')}`,
        of,
      )
      const run = active ? runIn(connection, active.id) : newest
      return {
        is_running: active !== undefined,
        progress: run ? progressOf(run) : 0,
        message: run?.message ?? 'No training run yet',
        last_retrain_time: last?.at ? new Date(last.at).toISOString() : null,
        run_id: run?.id ?? null,
        classifier: run?.classifierId ?? of,
      }
    },
    async listRuns({ classifier, cursor, limit }) {
      if (classifier !== undefined) await classifiers.get(classifier)
      const page = pageOf(
        runsBefore(connection, { classifierId: classifier ?? null, cursor, limit: limit + 1 }),
        limit,
        (run) => run.id,
      )
      return { runs: page.rows.map(answerOf), next_cursor: page.next }
    },
    getRun: async ({ id }) => answerOf(runIn(connection, id)),
    async runEvents({ id, after }, { signal }) {
      runIn(connection, id)
      return events.follow({ id, after, signal })
    },
  }
}

function answerOf(run: Run): RunAnswer {
  const stage = stageOf(run)
  return {
    id: run.id,
    classifier: run.classifierId,
    state: run.state,
    recipe: run.recipe,
    base_version: run.baseVersion,
    version: run.version,
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
    created_at: run.createdAt.toISOString(),
    started_at: run.startedAt?.toISOString() ?? null,
    ended_at: run.endedAt?.toISOString() ?? null,
  }
}
