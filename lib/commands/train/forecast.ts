/**
 * The output of `npm run train -- … --plan`: how long the run would take here, measured on a few of its
 * images and steps. It trains nothing.
 */
import { rm } from 'node:fs/promises'
import { openDataset } from '#lib/ingest/readers/open-dataset.ts'
import { forkTrainingWith } from '#lib/processes/forks/fork-training.ts'
import { purposeOf } from '#lib/training/job/engine-purpose.ts'
import { followProbe } from '#lib/training/job/follow.ts'
import { forecast, forecastWords, type Forecast, type Parts } from '#lib/training/retrain/forecast.ts'
import { hasPack, packName, snapshotHash, type PackEntry } from '#lib/training/run/data/pack.ts'
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { readSamples } from '#lib/training/run/plan.ts'
import { datasetSamples } from '#lib/training/run/data/sources.ts'
import type { PreparedRun } from './plan.ts'

export async function forecastSentence(run: PreparedRun): Promise<string> {
  const { plan } = run
  const { parts, ...found } = await forecastOf(run)
  const counted = (count: number): string => count.toLocaleString('en')
  return (
    `${plan.classifier.id} with ${plan.recipe.name}, up to ${plan.recipe.settings.epochs} epochs ` +
    `of ${counted(parts.train)} images (validation set ${counted(parts.validation)}, test set ` +
    `${counted(parts.test)}): ${forecastWords(found)}, on ${found.engine}.`
  )
}

/** The folder of the plan is deleted afterwards. */
export async function forecastOf({
  folder,
  plan,
}: PreparedRun): Promise<Forecast & { readonly parts: Parts }> {
  const { signal } = new AbortController()
  try {
    const { parts, snapshot } = await countsOf(folder, plan, signal)
    const figures = await followProbe({
      child: forkTrainingWith((line) => console.error(line))(plan.engine, purposeOf(plan.recipe)),
      folder,
      images: parts.train,
      signal,
    })
    const { epochs, patience } = plan.recipe.settings
    const isPacked =
      plan.start.kind !== 'choose-network' && (await hasPack(plan.packs, packName(snapshot, plan.spec)))
    return {
      ...forecast({ figures, parts, epochs, patience, isPacked, isCompared: false }),
      parts,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function countsOf(
  folder: string,
  plan: RunPlan,
  signal: AbortSignal,
): Promise<{ parts: Parts; snapshot: string }> {
  const entries: PackEntry[] = []
  if (plan.samples.kind === 'kept') entries.push(...(await readSamples(folder)))
  else
    for await (const { hash, label, split } of datasetSamples(plan.samples, openDataset, signal))
      entries.push({ hash, label, split })
  const count = (split: string): number => entries.filter((entry) => entry.split === split).length
  return {
    parts: { train: count('train'), validation: count('validation'), test: count('test') },
    snapshot: snapshotHash(entries),
  }
}
