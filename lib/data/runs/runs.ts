/** Trainings as rows: their plan, their state, and the events that a live page draws. What a state means for
 *  the next step is lib/training's. */
import { storedPoints, storedRunImages, storedValue, storedVerdict } from '#lib/contracts/stored-json.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { EpochPoint } from '#lib/contracts/epoch.ts'
import { ENGINES } from '#lib/domain/classifier.ts'
import { isRunStage } from '#lib/domain/run-stages.ts'
import type { Connection, TransactionScope } from '../database/connection.ts'
import type { Runs } from '../data.ts'
import type { Prisma } from '../generated/client.ts'
import { insertJob } from './jobs.ts'
import { appendEvent } from './run-event-rows.ts'
import { freeze, frozenOf } from '../samples/snapshots.ts'
import { conflict, notFound, parsed, parsedOrNull, wordOf, wordOrNull } from '../store.ts'
import type { Store } from '../store.ts'
import {
  RUN_STATES,
  type NewRun,
  type Run,
  type RunChange,
  type RunImages,
  type RunState,
} from '../values.ts'

/** With the numbers of the version that it starts from and of the one that it made. */
export const WITH_VERSIONS = {
  baseVersion: { select: { number: true } },
  version: { select: { number: true } },
} as const
type StoredRun = Prisma.RunGetPayload<{ include: typeof WITH_VERSIONS }>

/** What SELECT reads. */
type Row = {
  id: string
  classifierId: string
  jobId: string | null
  snapshotId: string | null
  state: string
  recipe: string
  baseVersionId: string | null
  baseNumber: number | null
  versionId: string | null
  versionNumber: number | null
  engine: string | null
  epochs: number
  epoch: number
  step: number
  steps: number
  etaSeconds: number | null
  memoryMb: number | null
  stage: string | null
  stageDone: number | null
  stageTotal: number | null
  stageEtaSeconds: number | null
  message: string
  imagesJson: string | null
  pointsJson: string
  verdictJson: string | null
  isPromoted: number
  canResume: number
  error: string | null
  seed: number
  planJson: string
  isAutomatic: number
  createdAt: number
  startedAt: number | null
  endedAt: number | null
}

export const ACTIVE_STATES: readonly RunState[] = ['queued', 'running', 'judging']
const IS_ACTIVE = `r."state" IN ('queued', 'running', 'judging')`
export const isActive = (state: RunState): boolean => ACTIVE_STATES.includes(state)

const SELECT = `SELECT r.*, b."number" AS "baseNumber", v."number" AS "versionNumber" FROM "Run" r
  LEFT JOIN "Version" b ON b."id" = r."baseVersionId" LEFT JOIN "Version" v ON v."id" = r."versionId"`

export function runsOf({ connection, id, now }: Store): Runs {
  return {
    async plan(draft) {
      const frozen = frozenOf(draft.entries)
      return connection.write((writing) => {
        refuseWhileActive(writing, draft.classifierId)
        const at = now()
        const runId = id()
        const snapshot = freeze(writing, { id: id(), classifierId: draft.classifierId, frozen, at })
        const jobId = insertJob(writing, {
          id: id(),
          kind: 'train',
          payload: { runId, resume: false },
          now: at.getTime(),
        })
        const { train, validation, test } = snapshot
        writing.insert('Run', {
          ...rowOf(draft, { train, validation, test, unseen: draft.unseen }),
          id: runId,
          jobId,
          snapshotId: snapshot.id,
          createdAt: at,
        })
        appendEvent(writing, runId, { kind: 'run' })
        return runIn(writing, runId)
      })
    },
    get: async (runId) => runIn(connection, runId),
    async active(classifierId) {
      const row =
        classifierId === undefined
          ? connection.one<Row>(`${SELECT} WHERE ${IS_ACTIVE} ORDER BY r."state" = 'queued', r."id" LIMIT 1`)
          : connection.one<Row>(`${SELECT} WHERE ${IS_ACTIVE} AND r."classifierId" = ? LIMIT 1`, classifierId)
      return row ? runValue(stored(row)) : null
    },
    change: (runId, change) =>
      connection.write((writing) => {
        update(writing, runIn(writing, runId), change, now())
        appendEvent(writing, runId, { kind: 'run' })
        return runIn(writing, runId)
      }),
    report: (runId, report) =>
      connection.write((writing) => {
        const run = runIn(writing, runId)
        if (report.kind === 'step') {
          writing.run(
            'UPDATE "Run" SET "epoch" = ?, "step" = ?, "steps" = ?, "etaSeconds" = ?, "memoryMb" = ? WHERE "id" = ?',
            report.epoch,
            report.step,
            report.steps,
            report.etaSeconds,
            report.memoryMb,
            runId,
          )
        }
        if (report.kind === 'stage')
          writing.run(
            'UPDATE "Run" SET "stage" = ?, "stageDone" = ?, "stageTotal" = ?, "stageEtaSeconds" = ?, ' +
              '"message" = ? WHERE "id" = ?',
            report.stage,
            report.done,
            report.total,
            report.etaSeconds,
            report.message,
            runId,
          )
        if (report.kind === 'epoch')
          writing.run(
            'UPDATE "Run" SET "epoch" = ?, "pointsJson" = ? WHERE "id" = ?',
            report.point.epoch,
            JSON.stringify(withPoint(run.points, report.point)),
            runId,
          )
        appendEvent(writing, runId, report.kind === 'log' ? { ...report, at: now().toISOString() } : report)
      }),
    resume: (runId) =>
      connection.write((writing) => {
        const run = runIn(writing, runId)
        if (!run.canResume || isActive(run.state))
          throw conflict(
            'This training run cannot be resumed',
            isActive(run.state) ? 'it has not ended' : 'it has no checkpoint that can be read',
            'Start a new training run.',
          )
        refuseWhileActive(writing, run.classifierId)
        const at = now()
        const jobId = insertJob(writing, {
          id: id(),
          kind: 'train',
          payload: { runId, resume: true },
          now: at.getTime(),
        })
        update(
          writing,
          run,
          { state: 'queued', message: 'Waiting to resume', error: null, canResume: false, jobId },
          at,
        )
        appendEvent(writing, runId, { kind: 'run' })
        return runIn(writing, runId)
      }),
  }
}

function refuseWhileActive(writing: TransactionScope, classifierId: string): void {
  const row = writing.one<Row>(`${SELECT} WHERE ${IS_ACTIVE} AND r."classifierId" = ? LIMIT 1`, classifierId)
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

function runIn(connection: Pick<Connection, 'one'>, runId: string): Run {
  const row = connection.one<Row>(`${SELECT} WHERE r."id" = ?`, runId)
  if (!row) throw notFound('training', runId)
  return runValue(stored(row))
}

/** A resumed run repeats the epoch that its checkpoint did not hold. */
const withPoint = (points: readonly EpochPoint[], point: EpochPoint): readonly EpochPoint[] => [
  ...points.filter((known) => known.epoch < point.epoch),
  point,
]

const endOf = (state: RunState, at: Date): Date | null => (isActive(state) ? null : at)

function update(writing: TransactionScope, run: Run, change: RunChange, at: Date): void {
  const { images, verdict, plan, ...plain } = change
  const startedAt = change.state === 'running' ? (run.startedAt ?? at) : run.startedAt
  const endedAt = change.state === undefined ? run.endedAt : endOf(change.state, at)
  const row = {
    ...plain,
    ...(images !== undefined && { imagesJson: images && JSON.stringify(images) }),
    ...(verdict !== undefined && { verdictJson: verdict && JSON.stringify(verdict) }),
    ...(plan !== undefined && { planJson: JSON.stringify(plan) }),
    startedAt,
    endedAt,
  }
  const values = Object.entries(row).filter(([, value]) => value !== undefined)
  writing.run(
    `UPDATE "Run" SET ${values.map(([name]) => `"${name}" = ?`).join(', ')} WHERE "id" = ?`,
    ...values.map(([, value]) => value ?? null),
    run.id,
  )
}

function rowOf(draft: NewRun, images: RunImages) {
  return {
    classifierId: draft.classifierId,
    state: 'queued',
    recipe: draft.recipe,
    baseVersionId: draft.baseVersionId,
    versionId: null,
    engine: null,
    epochs: draft.epochs,
    epoch: 0,
    step: 0,
    steps: 0,
    etaSeconds: null,
    memoryMb: null,
    stage: null,
    stageDone: null,
    stageTotal: null,
    stageEtaSeconds: null,
    message: draft.message,
    imagesJson: JSON.stringify(images),
    pointsJson: '[]',
    verdictJson: null,
    isPromoted: false,
    canResume: false,
    error: null,
    seed: draft.seed,
    planJson: JSON.stringify(draft.plan ?? null),
    isAutomatic: draft.isAutomatic ?? false,
    startedAt: null,
    endedAt: null,
  }
}

const dateOf = (milliseconds: number | null): Date | null =>
  milliseconds === null ? null : new Date(milliseconds)

const stored = ({ baseNumber, versionNumber, ...row }: Row): StoredRun => ({
  ...row,
  baseVersion: baseNumber === null ? null : { number: baseNumber },
  version: versionNumber === null ? null : { number: versionNumber },
  isPromoted: row.isPromoted === 1,
  canResume: row.canResume === 1,
  isAutomatic: row.isAutomatic === 1,
  createdAt: new Date(row.createdAt),
  startedAt: dateOf(row.startedAt),
  endedAt: dateOf(row.endedAt),
})

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
