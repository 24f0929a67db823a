/** The plan file of a run: written from its draft when the run starts, read again when it is resumed. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { RetrainDraft, RunPlan } from '#lib/contracts/training-plan.ts'
import { PLAN_FORMAT } from '#lib/contracts/training-plan.ts'
import type { Run } from '#lib/data/values.ts'
import type { Classifier } from '#lib/domain/classifier.ts'
import { locatedPaths } from '#lib/domain/text/portable-paths.ts'
import { parseDraft, readRunPlan, writePlan, writeRun } from '../run/plan.ts'
import type { TrainingParts, TrainSettings } from './ports.ts'

/** Writes the folder of a run that starts. */
export async function planRun(run: Run, folder: string, { data, settings }: TrainingParts): Promise<RunPlan> {
  const draft = parseDraft(run.plan)
  const entries = run.snapshotId ? await data.snapshots.entriesOf(run.snapshotId) : []
  const test = entries.filter((entry) => entry.split === 'test').map((entry) => entry.hash)
  const number = await data.versions.nextNumber(run.classifierId)
  await rm(folder, { recursive: true, force: true })
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
  await writeRun(folder, plan, entries)
  return plan
}

/** The plan of a run that is resumed, and whether its version is saved already, so that only the comparison is
 *  left to do. If another run has taken the name of its version, it gets the next one. */
export async function resumedPlan(
  run: Run,
  folder: string,
  { data }: TrainingParts,
): Promise<{ readonly plan: RunPlan; readonly isSaved: boolean }> {
  const plan = await readRunPlan(folder)
  const existing = await data.versions.find(run.classifierId, plan.version)
  if (!existing) return { plan, isSaved: false }
  if (existing.runId === run.id) return { plan, isSaved: true }
  const number = await data.versions.nextNumber(run.classifierId)
  const renamed: RunPlan = {
    ...plan,
    version: `v${number}`,
    out: data.versions.folderFor(run.classifierId, number),
  }
  await writePlan(folder, renamed)
  return { plan: renamed, isSaved: false }
}

export type PlanParts = {
  readonly runId: string
  readonly classifier: Classifier
  readonly version: string
  readonly seed: number
  readonly out: string
  readonly testOpened: number
  readonly settings: TrainSettings
}

/** A draft completed with what the worker knows. */
export function planOf(
  draft: RetrainDraft,
  { runId, classifier, version, seed, out, testOpened, settings }: PlanParts,
): RunPlan {
  const { id, title, isMirrorable } = classifier
  const { classes, spec, recipe, start, teaching, notes, evaluation } = parseDraft(
    locatedPaths(draft, settings.dataDir),
  )
  const { dataDir, databaseFile, engine, memoryMb, maxPixels, codeVersion } = settings
  return {
    format: PLAN_FORMAT,
    runId,
    classifier: { id, title, isMirrorable },
    classes,
    version,
    recipe,
    start,
    teaching,
    spec,
    seed,
    engine,
    samples: { kind: 'kept', databaseFile, dataDir, testOpened },
    packs: join(dataDir, 'cache', 'packs'),
    out,
    memoryMb,
    maxPixels,
    dataName: id,
    command: 'retrain',
    codeVersion,
    notes,
    ...(evaluation && { evaluation }),
  }
}
