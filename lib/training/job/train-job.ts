/** The job of a training run: plan file, training child, version, comparison, promotion. Only the worker writes
 *  rows; a child that dies is followed by another that continues from the checkpoint. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Run } from '#lib/data/values.ts'
import { isDiskFull } from '#lib/domain/disk-full.ts'
import { reportedError } from '#lib/domain/errors.ts'
import { head } from '#lib/ml/recipes/head.ts'
import { checkpointFile } from '../run/checkpoint.ts'
import { planFile } from '../run/plan.ts'
import { diskFullDuringRun } from './failure.ts'
import type { RunEnd } from './follow.ts'
import { judgeVersion } from './judge-version.ts'
import type { BackgroundTurn } from './one-at-a-time.ts'
import { createPartTimes } from './part-times.ts'
import { planRun, resumedPlan } from './plan-run.ts'
import { provideRun, provideStart, publishingRun } from './share-run.ts'
import type { JobContext, TrainingHandlers, TrainingParts } from './ports.ts'
import { MOST_CHILDREN, trainInChildren } from './train-in-children.ts'

export type TrainJobParts = TrainingParts & { readonly turn: BackgroundTurn }

export function trainJob(parts: TrainJobParts): TrainingHandlers['train'] {
  const { data, turn } = parts
  return {
    async run({ runId }, job) {
      try {
        return await turn.inForeground(job.signal, () => attempt(runId, job, parts))
      } catch (error) {
        if (job.signal.aborted || !isDiskFull(error)) throw error
        throw diskFullDuringRun(error) // the queue calls `gaveUp` as soon as a row can be written again
      }
    },
    async gaveUp({ runId }, { code, message }) {
      await data.runs.change(runId, {
        state: 'failed',
        canResume: canResumeAfter(code, runId, parts),
        error: message,
        message: 'The training run failed.',
      })
    },
  }
}

async function attempt(runId: string, job: JobContext, parts: TrainingParts): Promise<unknown> {
  const { data, settings, sweepLeftovers, log } = parts
  const run = await data.runs.get(runId)
  if (run.state === 'done' || run.state === 'cancelled') return { state: run.state }
  const folder = join(settings.dataDir, 'runs', runId)
  const times = createPartTimes(parts)
  if (run.startedAt === null) times.add('waiting', (parts.now().getTime() - run.createdAt.getTime()) / 1000)
  const here = { data, dataDir: settings.dataDir }
  await provideRun(folder, here).catch((error: unknown) =>
    log('warn', 'The checkpoint of another host could not be read; the run starts again', {
      run: runId,
      error,
    }),
  )
  const isResumed = existsSync(planFile(folder)) // started by this worker or by an earlier one
  if (isResumed) await sweepLeftovers()
  const { plan, isSaved } = isResumed
    ? await resumedPlan(run, folder, parts)
    : { plan: await planRun(run, folder, parts), isSaved: false }
  if (isSaved) return judgeVersion({ run, plan, times }, parts, job.signal)
  await provideStart(plan, here)
  const isFromCheckpoint = isResumed && hasCheckpoint(runId, parts)
  const message = isFromCheckpoint ? 'Continuing from the checkpoint.' : 'The training process is starting.'
  await data.runs.change(runId, { state: 'running', message })
  if (run.recipe === head.name) parts.prepareInference() // the run takes seconds, and the version is verified after it
  const onFailure = (error: unknown): void =>
    log('warn', 'The checkpoint could not be copied to the object store', { run: runId, error })
  const end = await publishingRun(folder, { data, onFailure }, () =>
    trainInChildren({ run, folder, isResumed, addPart: times.add, signal: job.signal }, parts),
  )
  return end.kind === 'sealed'
    ? judgeVersion({ run, plan, times }, parts, job.signal)
    : ended(run, end, job, parts)
}

/** Records how a run ended that made no version. */
async function ended(
  { id }: Run,
  end: Exclude<RunEnd, { kind: 'sealed' }>,
  job: JobContext,
  parts: TrainingParts,
): Promise<unknown> {
  const { data, log } = parts
  const canResume = hasCheckpoint(id, parts)
  switch (end.kind) {
    case 'cancelled':
      if (job.why() === 'cancelled') {
        const message = canResume ? 'Cancelled. It can be resumed from its checkpoint.' : 'Cancelled.'
        await data.runs.change(id, { state: 'cancelled', canResume, message })
      }
      job.signal.throwIfAborted()
      return { state: 'cancelled' }
    case 'failed':
      log('warn', 'A training run failed', { run: id, reason: end.failure.reason, cause: end.cause })
      await data.runs.change(id, {
        state: 'failed',
        canResume: canResumeAfter(end.failure.code, id, parts),
        error:
          end.failure.code === 'internal'
            ? 'Training failed because of an internal error; see the log.'
            : reportedError(end.failure).message,
        message: 'The training run failed.',
      })
      return { state: 'failed' }
    case 'died':
      await data.runs.change(id, {
        state: 'failed',
        canResume,
        error: `The training process ended ${MOST_CHILDREN} times (${end.cause}).`,
        message: 'The training run failed.',
      })
      return { state: 'failed' }
  }
}

/** After a full disk a run without a checkpoint starts again, from the same plan; what cannot be read now can
 *  never be read. */
const canResumeAfter = (code: string, runId: string, parts: TrainingParts): boolean =>
  code === 'disk_full' || (code !== 'bad_data_file' && hasCheckpoint(runId, parts))

const hasCheckpoint = (runId: string, { settings }: TrainingParts): boolean =>
  existsSync(checkpointFile(join(settings.dataDir, 'runs', runId)))
