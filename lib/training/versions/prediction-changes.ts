/** Which images two versions predict differently: out of fold where they were trained on all images, so that an image
 *  that a version has seen does not count as learned. It predicts nothing itself. */
import type { Output } from '#lib/contracts/contract.ts'
import { MOST_CHANGES, type modelChanges, type PredictionChanges } from '#lib/contracts/prediction-changes.ts'
import type { ComparisonAnswer } from '#lib/contracts/models.ts'
import type { Data } from '#lib/data/data.ts'
import { softmax } from '#lib/domain/evaluation/calibration.ts'
import type { ServedVersion } from './predict-samples.ts'
import { shownSample } from './version-result.ts'

type Side = Pick<ServedVersion, 'classes' | 'card'>
/** Logits of one image by both versions. */
export type PairedLogits = {
  readonly entry: { readonly hash: string; readonly label: string }
  readonly champion: Float32Array
  readonly challenger: Float32Array
}

/** The answers of one of the two versions. */
export function answeredBy(
  { classes }: Pick<Side, 'classes'>,
  predicted: readonly PairedLogits[],
  side: 'champion' | 'challenger',
) {
  const values = new Float32Array(predicted.length * classes.length)
  predicted.forEach((one, i) => values.set(one[side], i * classes.length))
  return {
    logits: { values, count: predicted.length, classes: classes.length },
    labels: predicted.map(({ entry }) => classes.indexOf(entry.label)),
  }
}

export function predictionChanges(
  predicted: readonly PairedLogits[],
  { champion, challenger }: { readonly champion: Side; readonly challenger: Side },
): PredictionChanges {
  const changed = predicted.flatMap(({ entry: { hash, label }, ...rows }) => {
    const before = predictionOf(rows.champion, champion)
    const after = predictionOf(rows.challenger, challenger)
    return before.name === after.name
      ? []
      : [{ hash, label, before: before.name, after: after.name, confidence: after.probability }]
  })
  return {
    count: changed.length,
    corrected: changed.filter(({ label, after }) => after === label).length,
    spoiled: changed.filter(isSpoiled).length,
    images: changed
      .toSorted((a, b) => Number(isSpoiled(b)) - Number(isSpoiled(a)) || b.confidence - a.confidence)
      .slice(0, MOST_CHANGES),
  }
}

const isSpoiled = ({
  label,
  before,
}: Pick<PredictionChanges['images'][number], 'label' | 'before'>): boolean => before === label

function predictionOf(logits: Float32Array, { classes, card }: Side) {
  const probabilities = softmax(logits, card.calibration?.temperature ?? 1)
  const probability = Math.max(...probabilities)
  return { name: classes[probabilities.indexOf(probability)]!, probability }
}

/** The stored changes with the images as they are now; those that were deleted since are left out. */
export async function changesAnswer(
  { samples }: Pick<Data, 'samples'>,
  { classifier, champion, challenger, images, changes }: ComparisonAnswer,
): Promise<Output<typeof modelChanges>> {
  const byHash = new Map((await samples.all(classifier)).map((sample) => [sample.hash, sample]))
  const { count = 0, corrected = 0, spoiled = 0 } = changes ?? {}
  return {
    classifier,
    version: challenger,
    compared_with: champion,
    images,
    count,
    corrected,
    spoiled,
    changes: (changes?.images ?? []).flatMap(({ hash, ...change }) => {
      const sample = byHash.get(hash)
      return sample ? [{ ...shownSample(sample), ...change }] : []
    }),
  }
}
