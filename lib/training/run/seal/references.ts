/** The training images that a version compares other images with: which ones, and the products of features with
 *  theirs, which the engine computes. What a distance means is decided elsewhere. */
import { MOST_REFERENCES, nearnessNetwork, type Reference } from '#lib/ml/evaluate/familiarity.ts'
import { directions } from '#lib/ml/evaluate/feature-distance.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import type { MeasuredModel } from './outputs.ts'

/** The neighbour whose distance counts when validation cannot decide. On cifar10, cats-dogs and fruits 5 to 20
 *  differ by less than 0.04 in AUROC, and blends with energy or the largest logit lose more on two of the
 *  three than they gain on the third (2026-11). */
export const USUAL_NEIGHBOUR = 5
const ROWS_AT_ONCE = 128

/** The number of training images that become references. */
export const referenceCount = (training: Pick<SampleSet, 'count'>): number =>
  Math.min(MOST_REFERENCES, training.count)

/** The same number of each class, in the order of their hashes, which is random but the same on every
 *  machine. */
export function chooseReferences(training: SampleSet, classes: number): number[] {
  const byClass = Array.from({ length: classes }, (): number[] => [])
  const order = training.hashes.map((hash, i) => ({ hash, i })).sort((a, b) => (a.hash < b.hash ? -1 : 1))
  for (const { i } of order) byClass[training.labels[i]!]!.push(i)
  const taken: number[] = []
  for (let round = 0; taken.length < referenceCount(training); round++) {
    for (const of of byClass) if (round < of.length && taken.length < MOST_REFERENCES) taken.push(of[round]!)
  }
  return taken
}

export type RowSource = {
  readonly count: number
  /** `count` rows from `first` on, one after the other. */
  readonly rows: (first: number, count: number) => Float32Array
}

/** Calls `use` with the products of each row with all references, in the order of the rows. */
export async function productsWith(
  reference: Pick<Reference, 'ids' | 'length' | 'vectors' | 'centre'>,
  features: RowSource,
  { engine, key, signal }: MeasuredModel,
  use: (products: Float32Array, row: number) => void,
): Promise<void> {
  const { ids, length, centre } = reference
  const name = `${key} nearness`
  await engine.load(name, nearnessNetwork(reference))
  try {
    for (let first = 0; first < features.count; first += ROWS_AT_ONCE) {
      signal.throwIfAborted()
      const count = Math.min(ROWS_AT_ONCE, features.count - first)
      const { logits } = await engine.run(
        name,
        directions(features.rows(first, count), length, centre),
        count,
      )
      for (let i = 0; i < count; i++) use(logits.subarray(i * ids.length, (i + 1) * ids.length), first + i)
    }
  } finally {
    await engine.unload(name)
  }
}
