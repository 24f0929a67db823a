/** The job that decodes new images and computes their features right after an upload, as a click on "Train" would: the
 *  run then finds both. It writes no row, and whatever it does not finish the run does. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { RetrainDraft } from '#lib/contracts/training-plan.ts'
import type { SnapshotEntry } from '#lib/data/values.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { forgetImages } from '../features/forget-images.ts'
import { writeRun } from '../run/plan.ts'
import { purposeOf } from './engine-purpose.ts'
import { computeIn } from './follow-computation.ts'
import type { BackgroundTurn } from './one-at-a-time.ts'
import { planOf } from './plan-run.ts'
import type { TrainingHandlers, TrainingParts } from './ports.ts'

/** What one click would train on now; refuses where it would not train. */
export type PlanNow = (classifierId: string) => Promise<{
  readonly draft: RetrainDraft
  readonly entries: readonly SnapshotEntry[]
}>

export type FeaturesJobParts = TrainingParts & { readonly turn: BackgroundTurn; readonly planNow: PlanNow }

export function featuresJob(parts: FeaturesJobParts): TrainingHandlers['features'] {
  return {
    run: ({ classifierId }, { signal }) =>
      parts.turn.inBackground(signal, (stop) => computeNow(classifierId, stop, parts)),
  }
}

async function computeNow(
  classifierId: string,
  signal: AbortSignal,
  { planNow, data, processes, settings }: FeaturesJobParts,
): Promise<unknown> {
  const planned = await planNow(classifierId).catch((error: unknown) => {
    if (isDarkroomError(error)) return null // too few images, or nothing new: no click would train now
    throw error
  })
  if (planned?.draft.recipe.kind !== 'head') return { images: 0 }
  const { draft, entries } = planned
  const folder = join(settings.dataDir, 'runs', `features-${classifierId}`)
  await rm(folder, { recursive: true, force: true })
  try {
    const plan = planOf(draft, {
      runId: `features-${classifierId}`,
      classifier: await data.classifiers.get(classifierId),
      version: 'v1',
      seed: 1,
      out: join(folder, 'version'),
      testOpened: 0,
      settings,
    })
    await writeRun(folder, plan, entries)
    const how = { requested: settings.engine, purpose: purposeOf(plan.recipe) }
    const end = await computeIn(processes, how, { kind: 'features', folder }, signal)
    return { images: entries.length, end }
  } finally {
    await rm(folder, { recursive: true, force: true })
    await forgetDeleted(classifierId, entries, { data, settings })
  }
}

/** An image that was deleted permanently while the child held it must not come back by what the child has stored. */
export async function forgetDeleted(
  classifierId: string,
  entries: readonly Pick<SnapshotEntry, 'hash'>[],
  { data, settings }: Pick<TrainingParts, 'data' | 'settings'>,
): Promise<void> {
  const now = new Set((await data.samples.all(classifierId).catch(() => [])).map(({ hash }) => hash))
  const deleted: string[] = []
  for (const { hash } of entries)
    if (!now.has(hash) && (await data.images.bytesOf(hash).catch(() => true)) === null) deleted.push(hash)
  await forgetImages(settings.dataDir, deleted)
}
