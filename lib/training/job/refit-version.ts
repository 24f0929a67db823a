/** The last layer of a version trained again on its own images, by folds: out-of-fold answers of a version that was
 *  evaluated by splits, so that a comparison with few images has an answer of it for each of them, and the robustness
 *  of one that was evaluated by folds. It changes no version. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { robustness, type Robustness } from '#lib/contracts/bundle.ts'
import type { ToTraining } from '#lib/contracts/ipc.ts'
import { outOfFold, type OutOfFold } from '#lib/contracts/model-files.ts'
import { PLAN_FORMAT } from '#lib/contracts/training-plan.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import { head } from '#lib/ml/recipes/head.ts'
import { writeRun } from '../run/plan.ts'
import { refitFile, robustnessFile } from '../run/refit.ts'
import { isEvaluatedByFolds } from '../retrain/decide.ts'
import type { RefitVersion } from '../versions/comparable-images.ts'
import { forgetDeleted } from './features-job.ts'
import { computeIn } from './follow-computation.ts'
import { planOf } from './plan-run.ts'
import type { TrainingParts } from './ports.ts'

type RefitParts = Pick<TrainingParts, 'data' | 'processes' | 'settings' | 'log'>

/** @returns null where its features were trained on these images, the images are not known, or it fails, which is
 *  logged: the comparison then has fewer images */
export const refitBy =
  (parts: RefitParts, signal: AbortSignal): RefitVersion =>
  async (version) => {
    const refitted = await refit(version, { kind: 'refit', file: refitFile }, parts, signal)
    signal.throwIfAborted()
    return refitted === null ? null : scaled(outOfFold.parse(refitted), version)
  }

/** @returns null where it cannot be measured, or the signal has fired */
export async function robustnessOf(
  version: VersionWithCard,
  parts: RefitParts,
  signal: AbortSignal,
): Promise<Robustness | null> {
  const measured = await refit(version, { kind: 'robustness', file: robustnessFile }, parts, signal)
  return robustness.nullable().parse(measured)
}

type Refit = {
  readonly kind: Extract<ToTraining, { kind: 'refit' | 'robustness' }>['kind']
  /** Its result, in the plan's folder for output. */
  readonly file: (folder: string) => string
}

/** @returns what the file says; null where nothing was computed */
async function refit(
  version: VersionWithCard,
  { kind, file }: Refit,
  { data, processes, settings, log }: RefitParts,
  signal: AbortSignal,
): Promise<unknown> {
  const run = version.runId ? await data.runs.get(version.runId) : null
  if (!run?.snapshotId || !isEvaluatedByFolds(version)) return null
  const folder = join(settings.dataDir, 'runs', `refit-${version.id}`)
  const entries = (await data.snapshots.entriesOf(run.snapshotId)).map((entry) => ({
    ...entry,
    split: entry.split === 'test' ? entry.split : null,
  }))
  const plan = planOf(
    {
      format: PLAN_FORMAT,
      recipe: { kind: head.kind, name: head.name, settings: head.settings },
      start: { kind: 'version', version: version.name, folder: version.folder },
      classes: version.classes,
      spec: version.preprocess,
      teaching: { kind: 'none' },
      notes: [],
      unseen: [],
      evaluation: 'folds',
    },
    {
      runId: `refit-${version.id}`,
      classifier: await data.classifiers.get(version.classifierId),
      version: version.name,
      seed: run.seed, // the folds of a version that was evaluated by folds
      out: join(folder, 'answers'),
      testOpened: 0,
      settings,
    },
  )
  await rm(folder, { recursive: true, force: true })
  try {
    await writeRun(folder, plan, entries)
    const how = { requested: settings.engine, purpose: 'inference' } as const
    const end = await computeIn(processes, how, { kind, folder }, signal)
    if (end === 'computed') return JSON.parse(await readFile(file(plan.out), 'utf8'))
    if (!signal.aborted)
      log('warn', 'A version could not be evaluated by folds again', { version: version.id, reason: end })
    return null
  } finally {
    await rm(folder, { recursive: true, force: true })
    await forgetDeleted(version.classifierId, entries, { data, settings })
  }
}

/** Answers by folds are calibrated; others are read at the temperature of the version. */
function scaled(answers: OutOfFold, { card }: VersionWithCard): OutOfFold {
  const temperature = card.calibration?.temperature ?? 1
  return {
    ...answers,
    rows: answers.rows.map((row) => ({ ...row, logits: row.logits.map((logit) => logit * temperature) })),
  }
}
