/** Out-of-fold answers of a version that was evaluated by splits: its last layer is trained again on its own images, by
 *  folds, so that a comparison with few images has an answer of it for each of them. It changes no version. */
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { outOfFold, type OutOfFold } from '#lib/contracts/model-files.ts'
import { PLAN_FORMAT } from '#lib/contracts/training-plan.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import { head } from '#lib/ml/recipes/head.ts'
import { planFile, samplesFile, trainable, writeJson } from '../run/plan.ts'
import { refitFile } from '../run/refit.ts'
import { isEvaluatedByFolds } from '../retrain/decide.ts'
import type { RefitVersion } from '../versions/comparable-images.ts'
import { followComputation } from './follow-computation.ts'
import { planOf } from './plan-run.ts'
import type { TrainingParts } from './ports.ts'

/** @returns null where its features were trained on these images, the images are not known, or it fails, which is
 *  logged: the comparison then has fewer images */
export const refitBy =
  (
    parts: Pick<TrainingParts, 'data' | 'processes' | 'settings' | 'log'>,
    signal: AbortSignal,
  ): RefitVersion =>
  async (version) => {
    const { data, processes, settings, log } = parts
    const snapshotId = version.runId ? (await data.runs.get(version.runId)).snapshotId : null
    if (snapshotId === null || !isEvaluatedByFolds(version)) return null
    const folder = join(settings.dataDir, 'runs', `refit-${version.id}`)
    const entries = (await data.snapshots.entriesOf(snapshotId)).map((entry) => ({
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
        seed: 1,
        out: join(folder, 'answers'),
        testOpened: 0,
        settings,
      },
    )
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    try {
      await writeJson(samplesFile(folder), trainable(entries))
      await writeJson(planFile(folder), plan)
      const child = processes.fork(settings.engine, 'inference')
      const { end, engine } = await followComputation(child, { kind: 'refit', folder }, signal)
      if (engine !== null) processes.keep(child, { requested: settings.engine, purpose: 'inference', engine })
      signal.throwIfAborted()
      if (end === 'computed')
        return scaled(outOfFold.parse(JSON.parse(await readFile(refitFile(plan.out), 'utf8'))), version)
      log('warn', 'The live version could not be evaluated by folds', { version: version.id, reason: end })
      return null
    } finally {
      await rm(folder, { recursive: true, force: true })
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
