/** The job behind a retrain: plan file, training child, version, gate, promotion. Rows are written here, by
 *  the worker alone; a child that dies is followed by another that goes on from the checkpoint. */
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FromTraining } from '#lib/contracts/ipc.ts'
import type { VerdictAnswer } from '#lib/contracts/models.ts'
import type { Run } from '#lib/data/values.ts'
import type { Version, VersionWithCard } from '#lib/data/version-values.ts'
import type { Classifier } from '#lib/domain/classifier.ts'
import { isDiskFull } from '#lib/domain/disk-full.ts'
import { isDarkroomError, reportedError } from '#lib/domain/errors.ts'
import { mayPromote } from '#lib/domain/gate.ts'
import { checkpointFile } from '../run/checkpoint.ts'
import { compareVersions, firstVerdict } from '../versions/compare.ts'
import type { RetrainDraft } from '../retrain/decide.ts'
import { diskFullDuringRun } from './failure.ts'
import { followRun, type RunEnd } from './follow.ts'
import type { JobContext, TrainingHandlers, TrainingParts, TrainSettings } from './ports.ts'
import { planFile, readRunPlan, samplesFile, writeJson, type RunPlan } from '../run/plan.ts'
import { testEntries } from '../versions/test-images.ts'

/** Times a child may die in one attempt of the job before the run is given up. */
const MOST_CHILDREN = 3

export function trainJob(parts: TrainingParts): TrainingHandlers['train'] {
  const { data } = parts
  return {
    async run({ runId }, job) {
      try {
        return await attempt(runId, job, parts)
      } catch (error) {
        if (job.signal.aborted || !isDiskFull(error)) throw error
        throw diskFullDuringRun(error) // the queue tells `gaveUp` as soon as a row can be written again
      }
    },
    async gaveUp({ runId }, { code, message }) {
      const canResume = code === 'disk_full' || hasCheckpoint(runId, parts)
      await data.runs.change(runId, {
        state: 'failed',
        canResume,
        error: message,
        message: 'The training run failed.',
      })
    },
  }
}

async function attempt(runId: string, job: JobContext, parts: TrainingParts): Promise<unknown> {
  const { data, settings, log, sweepLeftovers } = parts
  const run = await data.runs.get(runId)
  if (run.state === 'done' || run.state === 'cancelled') return { state: run.state }
  const folder = join(settings.dataDir, 'runs', runId)
  const isResumed = existsSync(planFile(folder)) // this worker began it, or one that left or died
  if (isResumed) await sweepLeftovers()
  const plan = isResumed ? await stillFree(run, folder, parts) : await writePlan(run, folder, parts)
  if (plan === 'sealed') return judged(run, await readRunPlan(folder), parts, job.signal)
  const isFromCheckpoint = isResumed && hasCheckpoint(runId, parts)
  const message = isFromCheckpoint ? 'Continuing from the checkpoint.' : 'The training process is starting.'
  await data.runs.change(runId, { state: 'running', message })
  const end = await trained(run, { folder, plan, resume: isResumed, signal: job.signal }, parts)
  const canResume = hasCheckpoint(runId, parts)
  switch (end.kind) {
    case 'sealed':
      return judged(run, plan, parts, job.signal)
    case 'cancelled':
      if (job.why() === 'cancelled') {
        const message = canResume ? 'Cancelled. It can be resumed from its checkpoint.' : 'Cancelled.'
        await data.runs.change(runId, { state: 'cancelled', canResume, message })
      }
      job.signal.throwIfAborted()
      return { state: 'cancelled' }
    case 'failed':
      log('warn', 'A training run failed', { run: runId, reason: end.failure.reason, cause: end.cause })
      await data.runs.change(runId, {
        state: 'failed',
        canResume: canResume || end.failure.code === 'disk_full', // without a checkpoint it starts again, from the same plan
        error:
          end.failure.code === 'internal'
            ? 'Training failed because of an internal error; see the log.'
            : reportedError(end.failure).message,
        message: 'The training run failed.',
      })
      return { state: 'failed' }
    case 'died':
      await data.runs.change(runId, {
        state: 'failed',
        canResume,
        error: `The training process ended ${MOST_CHILDREN} times (${end.cause}).`,
        message: 'The training run failed.',
      })
      return { state: 'failed' }
  }
}

const hasCheckpoint = (runId: string, { settings }: TrainingParts): boolean =>
  existsSync(checkpointFile(join(settings.dataDir, 'runs', runId)))

/** Children one after another, until one ends otherwise than by dying. */
async function trained(
  run: Run,
  how: { folder: string; plan: RunPlan; resume: boolean; signal: AbortSignal },
  { data, forkTraining, settings, log, sweepLeftovers }: TrainingParts,
): Promise<RunEnd> {
  let last = Promise.resolve()
  let isKeeping = true
  const inTurn = (work: () => Promise<unknown>): void => {
    last = last.then(work).then(
      () => {
        isKeeping = true
      },
      (error: unknown) => {
        // Once, however many follow.
        if (isKeeping) log('error', 'A training event could not be stored', { run: run.id, error })
        isKeeping = false
      },
    )
  }
  const hear = (message: FromTraining): void => {
    switch (message.kind) {
      case 'note':
        return inTurn(() => data.runs.report(run.id, { kind: 'log', message: message.message }))
      case 'file-fault':
        return inTurn(async () => {
          await data.pictures.noteFault(message.hash, message.code)
          await data.runs.report(run.id, {
            kind: 'log',
            message: `The training run continues without one image: ${message.reason}.`,
          })
        })
      case 'step':
        return inTurn(() => data.runs.report(run.id, message))
      case 'epoch':
        return inTurn(() => data.runs.report(run.id, { kind: 'epoch', point: message.point }))
    }
  }
  for (let child = 1; ; child++) {
    const end = await followRun({
      child: forkTraining(settings.engine),
      folder: how.folder,
      resume: how.resume || child > 1,
      onReady: (engine) => inTurn(() => data.runs.change(run.id, { engine, message: 'Training.' })),
      onMessage: hear,
      signal: how.signal,
    })
    await last
    if (end.kind !== 'died' || child === MOST_CHILDREN || how.signal.aborted)
      return end.kind === 'died' && how.signal.aborted ? { kind: 'cancelled' } : end
    log('warn', 'A training process died; another one continues', { run: run.id, cause: end.cause })
    await sweepLeftovers()
    await data.runs.report(run.id, {
      kind: 'log',
      message: `The training process ended (${end.cause}). Another one continues from the last checkpoint.`,
    })
  }
}

async function judged(run: Run, plan: RunPlan, parts: TrainingParts, signal: AbortSignal): Promise<unknown> {
  const { data, settings } = parts
  await data.runs.change(run.id, {
    state: 'judging',
    etaSeconds: null,
    message: 'Comparing it with the live version.',
  })
  const number = Number(plan.version.slice(1))
  const known = await data.versions.find(run.classifierId, plan.version)
  const challenger = known
    ? await data.versions.get(known.id)
    : await data.versions.register({ classifierId: run.classifierId, number, runId: run.id })
  await data.runs.change(run.id, { versionId: challenger.id })
  await verifyOn(parts, challenger) // the verdict may be that there is nothing to compare with
  const verdict = await verdictFor(challenger, run, parts, signal)
  await data.versions.saveVerdict(challenger.id, verdict)
  const isPromoted = mayPromote(
    verdict.kind === 'not_worse'
      ? 'not-worse'
      : verdict.kind === 'cannot_tell'
        ? 'cannot-tell'
        : verdict.kind,
    settings.autoPromote,
  )
  if (isPromoted)
    await data.promotions.promote({
      versionId: challenger.id,
      by: 'promotion check',
      reason: verdict.sentence,
    })
  await data.runs.change(run.id, {
    state: 'done',
    verdict,
    isPromoted,
    canResume: false,
    error: null,
    message: `${challenger.name}: ${verdict.sentence}${isPromoted ? ' It is live from now on.' : ''}`,
  })
  await rm(join(settings.dataDir, 'runs', run.id), { recursive: true, force: true })
  return { state: 'done', version: challenger.name, verdict: verdict.kind, is_promoted: isPromoted }
}

/** Checksums of all files and the stored test inputs, on the engine that serves. */
async function verifyOn({ data, answering }: TrainingParts, { id, folder }: Version): Promise<void> {
  await data.versions.verify(id)
  await answering.verify({ key: id, folder })
}

/** The version that serves predictions, once it is known that it can be loaded; null where none can. */
async function liveVersion(classifierId: string, parts: TrainingParts): Promise<Version | null> {
  for (;;) {
    const version = (await parts.data.live.of(classifierId))?.version ?? null
    if (version === null) return null
    try {
      await verifyOn(parts, version)
      return version
    } catch (error) {
      if (!isDarkroomError(error) || error.code !== 'bad_bundle') throw error
      await parts.data.live.reportFault(version.id, error.why)
    }
  }
}

async function verdictFor(
  challenger: VersionWithCard,
  run: Run,
  parts: TrainingParts,
  signal: AbortSignal,
): Promise<VerdictAnswer> {
  const { data, answering, settings, now } = parts
  const live = await liveVersion(run.classifierId, parts)
  if (live === null || live.id === challenger.id) return firstVerdict()
  const draft = run.plan as RetrainDraft // written by retrain.ts alone
  const comparison = await compareVersions(
    {
      champion: await data.versions.get(live.id),
      challenger,
      entries: await testEntries(data, [live, challenger]),
      unseen: new Set(draft.unseen),
      now: now(),
    },
    { bytesOf: data.pictures.bytesOf, answering, maxPixels: settings.maxPixels, signal },
  )
  await data.versions.saveComparison(live.id, challenger.id, comparison)
  return comparison.verdict
}

/** The plan of a run that goes on. Another run may have taken its version's name meanwhile; or its own
 *  version is there already, and only the judging was cut off. */
async function stillFree(run: Run, folder: string, { data }: TrainingParts): Promise<RunPlan | 'sealed'> {
  const plan = await readRunPlan(folder)
  const taken = await data.versions.find(run.classifierId, plan.version)
  if (!taken) return plan
  if (taken.runId === run.id) return 'sealed'
  const number = await data.versions.nextNumber(run.classifierId)
  const renamed: RunPlan = {
    ...plan,
    version: `v${number}`,
    out: data.versions.folderFor(run.classifierId, number),
  }
  await writeJson(planFile(folder), renamed)
  return renamed
}

async function writePlan(run: Run, folder: string, { data, settings }: TrainingParts): Promise<RunPlan> {
  const draft = run.plan as RetrainDraft // written by retrain.ts alone
  const entries = run.snapshotId ? await data.snapshots.entriesOf(run.snapshotId) : []
  const test = entries.filter((entry) => entry.split === 'test').map((entry) => entry.hash)
  const number = await data.versions.nextNumber(run.classifierId)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const out = data.versions.folderFor(run.classifierId, number)
  await mkdir(join(out, '..'), { recursive: true })
  const plan = planOf(draft, {
    runId: run.id,
    classifier: await data.classifiers.get(run.classifierId),
    version: `v${number}`,
    seed: run.seed,
    out,
    settings,
    testOpened: test.length === 0 ? 0 : await data.snapshots.openTest(test),
  })
  await writeJson(samplesFile(folder), entries)
  await writeJson(planFile(folder), plan)
  return plan
}

export type Planned = {
  readonly runId: string
  readonly classifier: Classifier
  readonly version: string
  readonly seed: number
  readonly out: string
  readonly testOpened: number
  readonly settings: TrainSettings
}

/** What the child of this worker is told to do. */
export function planOf(
  draft: RetrainDraft,
  { runId, classifier, version, seed, out, testOpened, settings }: Planned,
): RunPlan {
  const { id, title, isMirrorable } = classifier
  const { dataDir, databaseFile, engine, memoryMb, maxPixels, codeVersion } = settings
  const { classes, base, bodies, recipe, spec, teacher, notes } = draft
  return {
    runId,
    classifier: { id, title, isMirrorable },
    classes,
    version,
    base,
    body: null,
    bodies,
    recipe,
    spec,
    seed,
    engine,
    samples: { kind: 'kept', databaseFile, dataDir, testOpened },
    teacher,
    packs: join(dataDir, 'cache', 'packs'),
    out,
    memoryMb,
    maxPixels,
    dataName: id,
    command: 'retrain',
    codeVersion,
    notes,
  }
}
