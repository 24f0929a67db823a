/** Trainings as rows: their plan, their state, and the events that a live page draws. What a state means for
 *  the next step is lib/training's. */
import { storedPoints, storedRunImages, storedValue, storedVerdict } from '#lib/contracts/stored-json.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { EpochPoint } from '#lib/contracts/epoch.ts'
import { ENGINES } from '#lib/domain/classifier.ts'
import { portablePaths } from '#lib/domain/text/portable-paths.ts'
import { isRunStage } from '#lib/domain/run-stages.ts'
import type { Runs } from '../data.ts'
import type { Prisma } from '../generated/client.ts'
import { newJob } from './jobs.ts'
import { appendEvent } from './run-event-rows.ts'
import { freeze, frozenOf } from '../samples/snapshots.ts'
import { conflict, notFound, parsed, parsedOrNull, wordOf, wordOrNull } from '../store.ts'
import type { Store } from '../store.ts'
import type { Transaction } from '../trash/trash-rows.ts'
import {
  RUN_STATES,
  type NewRun,
  type Run,
  type RunChange,
  type RunImages,
  type RunReport,
  type RunState,
} from '../values.ts'

/** With the numbers of the version that it starts from and of the one that it made. */
export const WITH_VERSIONS = {
  baseVersion: { select: { number: true } },
  version: { select: { number: true } },
} as const
type StoredRun = Prisma.RunGetPayload<{ include: typeof WITH_VERSIONS }>
type RunColumns = Prisma.RunUpdateManyMutationInput

export const ACTIVE_STATES: readonly RunState[] = ['queued', 'running', 'judging']
export const isActive = (state: RunState): boolean => ACTIVE_STATES.includes(state)

const ACTIVE = { state: { in: [...ACTIVE_STATES] } }

export function runsOf({ prisma, settings, id, now }: Store): Runs {
  const planJsonOf = (plan: unknown): string => JSON.stringify(portablePaths(plan, settings.dataDir))
  return {
    async plan(draft) {
      const frozen = frozenOf(draft.entries)
      return prisma.$transaction(async (tx) => {
        const { classifierId } = draft
        await refuseWhileActive(tx, classifierId)
        const [at, runId] = [now(), id()]
        const snapshot = await freeze(tx, { id: id(), classifierId, frozen, at })
        const job = newJob({ id: id(), kind: 'train', payload: { runId, resume: false }, at })
        await tx.job.create({ data: job })
        const { train, validation, test } = snapshot
        await tx.run.create({
          data: {
            ...rowOf(draft, { train, validation, test, unseen: draft.unseen }),
            planJson: planJsonOf(draft.plan),
            id: runId,
            jobId: job.id,
            snapshotId: snapshot.id,
            createdAt: at,
          },
        })
        await appendEvent(tx, runId, { kind: 'run' })
        return runIn(tx, runId)
      })
    },
    get: (runId) => runIn(prisma, runId),
    async active(classifierId) {
      const rows = await prisma.run.findMany({
        where: { ...ACTIVE, classifierId },
        include: WITH_VERSIONS,
        orderBy: { id: 'asc' },
      })
      const row = rows.find(({ state }) => state !== 'queued') ?? rows[0]
      return row ? runValue(row) : null
    },
    change: (runId, change) =>
      prisma.$transaction(async (tx) => {
        const { plan, ...plain } = change
        const columns = { ...plain, ...(plan !== undefined && { planJson: planJsonOf(plan) }) }
        await update(tx, await runIn(tx, runId), { change: columns, at: now() })
        await appendEvent(tx, runId, { kind: 'run' })
        return runIn(tx, runId)
      }),
    report: (runId, report) =>
      prisma.$transaction(async (tx) => {
        const run = await tx.run.findUnique({ where: { id: runId }, select: { pointsJson: true } })
        if (!run) throw notFound('training', runId)
        const data = columnsOf(report, run)
        if (data !== null) await tx.run.updateMany({ where: { id: runId }, data })
        await appendEvent(tx, runId, report.kind === 'log' ? { ...report, at: now().toISOString() } : report)
      }),
    resume: (runId) =>
      prisma.$transaction(async (tx) => {
        const run = await runIn(tx, runId)
        if (!run.canResume || isActive(run.state))
          throw conflict(
            'This training run cannot be resumed',
            isActive(run.state) ? 'it has not ended' : 'it has no checkpoint that can be read',
            'Start a new training run.',
          )
        await refuseWhileActive(tx, run.classifierId)
        const at = now()
        const job = newJob({ id: id(), kind: 'train', payload: { runId, resume: true }, at })
        await tx.job.create({ data: job })
        await update(tx, run, {
          change: {
            state: 'queued',
            message: 'Waiting to resume',
            error: null,
            canResume: false,
            jobId: job.id,
          },
          at,
        })
        await appendEvent(tx, runId, { kind: 'run' })
        return runIn(tx, runId)
      }),
  }
}

async function refuseWhileActive(tx: Transaction, classifierId: string): Promise<void> {
  const row = await tx.run.findFirst({
    where: { classifierId, ...ACTIVE },
    select: { id: true, state: true },
  })
  if (!row) return
  throw new DarkroomError(
    'already_running',
    {
      what: 'No training run was started',
      why:
        `a training run of "${classifierId}" is already ` +
        `${row.state === 'queued' ? 'queued' : 'in progress'}`,
      remedy: 'Wait until it has ended, or cancel it.',
    },
    { members: { run_id: row.id } },
  )
}

async function runIn(rows: Pick<Transaction, 'run'>, runId: string): Promise<Run> {
  const row = await rows.run.findUnique({ where: { id: runId }, include: WITH_VERSIONS })
  if (!row) throw notFound('training', runId)
  return runValue(row)
}

/** What of a report belongs to the state of the run; null: nothing. */
function columnsOf(report: RunReport, { pointsJson }: { readonly pointsJson: string }): RunColumns | null {
  switch (report.kind) {
    case 'step': {
      const { epoch, step, steps, etaSeconds, memoryMb } = report
      return { epoch, step, steps, etaSeconds, memoryMb }
    }
    case 'stage': {
      const { stage, done: stageDone, total: stageTotal, etaSeconds: stageEtaSeconds, message } = report
      return { stage, stageDone, stageTotal, stageEtaSeconds, message }
    }
    case 'epoch': {
      const points = withPoint(parsed(storedPoints, pointsJson), report.point)
      return { epoch: report.point.epoch, pointsJson: JSON.stringify(points) }
    }
    case 'log':
      return null
  }
}

/** A resumed run repeats the epoch that its checkpoint did not hold. */
const withPoint = (points: readonly EpochPoint[], point: EpochPoint): readonly EpochPoint[] => [
  ...points.filter((known) => known.epoch < point.epoch),
  point,
]

const endOf = (state: RunState, at: Date): Date | null => (isActive(state) ? null : at)

async function update(
  tx: Transaction,
  run: Run,
  {
    change,
    at,
  }: { readonly change: Omit<RunChange, 'plan'> & { readonly planJson?: string }; readonly at: Date },
): Promise<void> {
  const { images, verdict, ...plain } = change
  const startedAt = change.state === 'running' ? (run.startedAt ?? at) : run.startedAt
  const endedAt = change.state === undefined ? run.endedAt : endOf(change.state, at)
  await tx.run.updateMany({
    where: { id: run.id },
    data: {
      ...plain,
      ...(images !== undefined && { imagesJson: images && JSON.stringify(images) }),
      ...(verdict !== undefined && { verdictJson: verdict && JSON.stringify(verdict) }),
      startedAt,
      endedAt,
    },
  })
}

function rowOf(draft: NewRun, images: RunImages) {
  return {
    classifierId: draft.classifierId,
    state: 'queued',
    recipe: draft.recipe,
    baseVersionId: draft.baseVersionId,
    epochs: draft.epochs,
    epoch: 0,
    step: 0,
    steps: 0,
    message: draft.message,
    imagesJson: JSON.stringify(images),
    pointsJson: '[]',
    isPromoted: false,
    canResume: false,
    seed: draft.seed,
    isAutomatic: draft.isAutomatic ?? false,
  }
}

export function runValue(row: StoredRun): Run {
  const { baseVersion, version, imagesJson, pointsJson, verdictJson, planJson, ...rest } = row
  const { stage, stageDone, stageTotal, stageEtaSeconds, ...plain } = rest
  return {
    ...plain,
    stage: isRunStage(stage)
      ? { stage, done: stageDone ?? 0, total: stageTotal, etaSeconds: stageEtaSeconds }
      : null,
    state: wordOf(RUN_STATES, row.state, 'Run.state'),
    engine: wordOrNull(ENGINES, row.engine, 'Run.engine'),
    baseVersion: baseVersion && `v${baseVersion.number}`,
    version: version && `v${version.number}`,
    images: parsedOrNull(storedRunImages, imagesJson),
    points: parsed(storedPoints, pointsJson),
    verdict: parsedOrNull(storedVerdict, verdictJson),
    plan: parsed(storedValue, planJson),
  }
}
