/** Distillation from a version with other preprocessing, for example another size: it predicts each training
 *  image once, and its predictions become part of the targets. Teachers with the same preprocessing
 *  predict each batch (online-distillation.ts); training without the old images is base-teacher.ts. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { softmax } from '#lib/domain/evaluation/calibration.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { readBundle, type Bundle } from '#lib/ml/formats/bundle.ts'
import { answerOf, logitsOf } from '#lib/ml/evaluate/evaluate.ts'
import type { Distillation } from '#lib/ml/recipes/recipe.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import type { TrainingEngine } from '../ports.ts'

const KEY = 'distilling'
const BATCH = 64

export type DistilPorts = {
  readonly engine: Pick<TrainingEngine, 'load' | 'unload' | 'run'>
  /** The same training images, preprocessed for the teacher. */
  readonly imagesFor: (spec: Preprocess) => Promise<SampleSet>
  readonly onProgress: (images: number) => void
  readonly report: (line: string) => void
  readonly signal: AbortSignal
}

/** @param classes of the network in training, in the order of its outputs; the teacher must have all of them */
export async function distil(
  set: SampleSet,
  { teacher, classes, how }: { teacher: string; classes: readonly string[]; how: Distillation },
  ports: DistilPorts,
): Promise<SampleSet> {
  const bundle = await readBundle(teacher)
  const places = placesOf(classes, bundle)
  const images = await ports.imagesFor(bundle.preprocess)
  const rows = new Map(images.hashes.map((hash, row) => [hash, row]))
  await ports.engine.load(KEY, bundle)
  try {
    const predict = async (pixels: Float32Array, count: number) => {
      const { logits } = await ports.engine.run(KEY, pixels, count)
      ports.onProgress(count)
      return logits
    }
    const predictions = await logitsOf(predict, images, {
      spec: bundle.preprocess,
      classes: bundle.classes.length,
      batch: BATCH,
      signal: ports.signal,
    })
    const targets = new Float32Array(set.count * classes.length)
    let agreed = 0
    for (let i = 0; i < set.count; i++) {
      const row = rows.get(set.hashes[i]!)
      if (row === undefined) throw new Error(`the teacher has no output for the image ${set.hashes[i]}`)
      const logits = predictions.values.subarray(row * predictions.classes, (row + 1) * predictions.classes)
      const probabilities = softmax(places.map((place) => logits[place]! / how.temperature))
      probabilities.forEach((p, k) => {
        targets[i * classes.length + k] = how.share * p
      })
      targets[i * classes.length + set.labels[i]!]! += 1 - how.share
      if (places[set.labels[i]!] === answerOf(predictions, row)) agreed += 1
    }
    ports.report(
      `${bundle.card.classifier} ${bundle.card.version} is the teacher: it agrees with ` +
        `${((100 * agreed) / Math.max(1, set.count)).toFixed(1)} % of the labels.`,
    )
    return { ...set, targets }
  } finally {
    await ports.engine.unload(KEY)
  }
}

/** The index of each class among the teacher's outputs. */
export function placesOf(
  classes: readonly string[],
  teacher: Pick<Bundle, 'classes' | 'card'>,
): readonly number[] {
  const places = classes.map((name) => teacher.classes.indexOf(name))
  const unknown = classes.filter((_, k) => places[k] === -1)
  if (unknown.length > 0)
    throw new DarkroomError('invalid_input', {
      what: 'The teacher cannot be used',
      why: `${teacher.card.classifier} ${teacher.card.version} does not have ${unknown
        .slice(0, 3)
        .map((name) => `"${name}"`)
        .join(', ')}`,
      remedy: 'Choose a version with the same classes.',
    })
  return places
}
