/** How far each training image is from the others, its own group left out: from what distance on an image is
 *  unfamiliar to a version that was trained on all images. */
import type { Card } from '#lib/contracts/bundle.ts'
import { familiarUpTo } from '#lib/domain/evaluation/familiarity.ts'
import { readReference, referenceBytes, type Reference } from '#lib/ml/evaluate/familiarity.ts'
import { directions, distanceOf, largestOf } from '#lib/ml/evaluate/feature-distance.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import type { CrossValidationResult } from '../learn/material.ts'
import type { MeasuredModel } from './outputs.ts'
import { chooseReferences, productsWith, USUAL_NEIGHBOUR } from './references.ts'

export type FamiliarityInput = {
  readonly training: SampleSet
  readonly validation: CrossValidationResult
  /** Images that count. */
  readonly places: readonly number[]
  /** The references of another precision of the same version; null: chosen here. */
  readonly pinned: Reference | null
}

export async function familiarityByFolds(
  { training, validation, places, pinned }: FamiliarityInput,
  loaded: MeasuredModel,
): Promise<{ readonly card: NonNullable<Card['familiarity']>; readonly reference: Reference } | null> {
  const { features, groups } = validation
  const { length } = features
  const chosen = chooseReferences(training, loaded.classes)
  if (chosen.length === 0) return null
  const reference =
    pinned ??
    readReference(
      referenceBytes({
        ids: chosen.map((i) => training.hashes[i]!),
        labels: Uint16Array.from(chosen, (i) => training.labels[i]!),
        length,
        neighbour: Math.max(1, Math.min(USUAL_NEIGHBOUR, Math.floor(chosen.length / loaded.classes / 2))),
        centre: null,
        vectors: directions(pickedRows(features.views[0]!, chosen, length), length, null),
      }),
    ) // as it is read: rounded
  const own = chosen.map((i) => groups[i]!)
  const far = await distances(reference, { features: features.views[0]!, places, groups, own }, loaded)
  return {
    reference,
    card: {
      references: chosen.length,
      neighbour: reference.neighbour,
      is_centred: false,
      threshold: familiarUpTo(far),
      images: far.length,
      kept: null,
      foreign: null,
    },
  }
}

type DistanceInput = {
  readonly features: Float32Array
  readonly places: readonly number[]
  readonly groups: readonly number[]
  /** Groups of the references. */
  readonly own: readonly number[]
}

/** To the nearest references of other groups. */
async function distances(
  reference: Reference,
  { features, places, groups, own }: DistanceInput,
  loaded: MeasuredModel,
): Promise<Float32Array> {
  const { length, neighbour } = reference
  const result = new Float32Array(places.length)
  const rows = (first: number, some: number) =>
    pickedRows(features, places.slice(first, first + some), length)
  await productsWith(reference, { count: places.length, rows }, loaded, (products, row) => {
    const others = products.filter((_, at) => own[at] !== groups[places[row]!])
    result[row] = others.length === 0 ? 2 : distanceOf(largestOf(others, neighbour).at(-1)!)
  })
  return result
}

function pickedRows(features: Float32Array, places: readonly number[], length: number): Float32Array {
  const rows = new Float32Array(places.length * length)
  places.forEach((i, at) => rows.set(features.subarray(i * length, (i + 1) * length), at * length))
  return rows
}
