/** Teachers that predict each batch, augmented as the new network sees it; the mean of their predictions
 *  becomes part of the targets. Sources: Beyer et al. 2022 (arXiv:2106.05237), "consistent
 *  teaching"; Hinton et al. 2015 (arXiv:1503.02531) for several teachers. A teacher with other preprocessing
 *  predicts each image once instead (distil.ts). */
import { softmax } from '#lib/domain/evaluation/calibration.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import type { Batch } from '#lib/ml/learn/learner.ts'
import type { Distillation } from '#lib/ml/recipes/recipe.ts'
import { placesOf } from './distil.ts'
import type { TrainingEngine } from '../ports.ts'

export type LiveTeachers = AsyncDisposable & {
  /** Writes into the batch's targets. */
  readonly teach: (batch: Batch) => Promise<void>
}

/** @param folders versions with the preprocessing of the network in training
 *  @param classes of that network, in the order of its outputs; each teacher must have all of them */
export async function liveTeachers(
  folders: readonly string[],
  {
    classes,
    how,
    engine,
  }: {
    readonly classes: readonly string[]
    readonly how: Distillation
    readonly engine: Pick<TrainingEngine, 'load' | 'unload' | 'run'>
  },
): Promise<LiveTeachers> {
  const teachers: { readonly key: string; readonly places: readonly number[]; readonly outputs: number }[] =
    []
  await using loading = new AsyncDisposableStack()
  for (const [index, folder] of folders.entries()) {
    const bundle = await readBundle(folder)
    const key = `teacher-${index}`
    const places = placesOf(classes, bundle)
    await engine.load(key, bundle)
    loading.defer(() => engine.unload(key))
    teachers.push({ key, places, outputs: bundle.network.classes })
  }
  const loaded = loading.move()
  return {
    async teach({ pixels, targets, count }) {
      for (let i = 0; i < targets.length; i++) targets[i]! *= 1 - how.share
      for (const { key, places, outputs } of teachers) {
        const { logits } = await engine.run(key, pixels, count)
        for (let row = 0; row < count; row++) {
          const probabilities = softmax(
            places.map((place) => logits[row * outputs + place]! / how.temperature),
          )
          probabilities.forEach((p, k) => {
            targets[row * classes.length + k]! += (how.share * p) / teachers.length
          })
        }
      }
    },
    [Symbol.asyncDispose]: () => loaded.disposeAsync(),
  }
}
