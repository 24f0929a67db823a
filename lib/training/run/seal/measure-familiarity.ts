/** How well a version recognises unfamiliar images: the training images in `reference.bin`, which neighbour
 *  counts, the distance from which an image is unfamiliar, and the results on foreign sets. The rule is
 *  lib/domain/evaluation/familiarity.ts, the arithmetic lib/ml/evaluate/familiarity.ts. */
import type { Card } from '#lib/contracts/bundle.ts'
import type { Logits } from '#lib/domain/evaluation/calibration.ts'
import { auroc, familiarUpTo } from '#lib/domain/evaluation/familiarity.ts'
import { wilson } from '#lib/domain/evaluation/statistics.ts'
import { answerOf } from '#lib/ml/evaluate/evaluate.ts'
import { readReference, referenceBytes, type Reference } from '#lib/ml/evaluate/familiarity.ts'
import { directions, distanceOf, largestOf } from '#lib/ml/evaluate/feature-distance.ts'
import { subsetOf, type SampleSet } from '#lib/ml/learn/sample-set.ts'
import { computeOutputs, type LabelledOutputs, type MeasuredModel, type VersionOutputs } from './outputs.ts'
import { chooseReferences, productsWith, USUAL_NEIGHBOUR } from './references.ts'

const NEIGHBOURS = [1, 3, 5, 10, 20, 50] as const
/** The fewest incorrect predictions of the choosing half to choose by: what separates them from the correct ones
 *  also separates foreign images. */
const FEWEST_INCORRECT = 30
/** A centre must improve the AUROC by this much: cifar10 gains 0.015 by one, cats-dogs loses 0.25 (2026-11). */
const CENTRE_MARGIN = 0.005

export type FamiliaritySets = {
  readonly training: SampleSet
  readonly choosing: LabelledOutputs
  readonly calibrating: VersionOutputs
  readonly test: VersionOutputs
  /** Images that belong to none of its classes; null when none were named. */
  readonly foreign: readonly { readonly name: string; readonly outputs: VersionOutputs }[] | null
  /** The images that set the threshold. */
  readonly thresholdFrom: 'calibrating' | 'test'
  /** The references of another precision of the same version; null: it has none. Absent: chosen here. */
  readonly pinned?: Reference | null
}
type Choice = { readonly neighbour: number; readonly centre: Float32Array | null }

export type Familiarity = {
  readonly card: NonNullable<Card['familiarity']>
  readonly reference: Reference
  /** Of each image, in the order of its set. */
  readonly distances: { readonly calibrating: Float32Array; readonly test: Float32Array }
}

/** Null when there are no training images to compare with, or the engine returns no features. */
export async function measureFamiliarity(
  sets: FamiliaritySets,
  loaded: MeasuredModel,
): Promise<Familiarity | null> {
  const reference = sets.pinned === undefined ? await referenceOf(sets, loaded) : sets.pinned
  if (!reference) return null
  const { neighbour, centre } = reference
  const far = async (one: VersionOutputs): Promise<Float32Array> =>
    one.features ? (await distances(reference, one.features, [neighbour], loaded))[0]! : new Float32Array(0)
  const calibrating = await far(sets.calibrating)
  const test = await far(sets.test)
  const known = sets.thresholdFrom === 'test' ? test : calibrating
  const threshold = familiarUpTo(known)
  const beyond = (of: Float32Array): number =>
    of.filter((distance) => threshold !== null && distance > threshold).length
  const foreign: NonNullable<Card['familiarity']>['foreign'] = sets.foreign && []
  for (const { name, outputs } of sets.foreign ?? []) {
    const away = await far(outputs)
    const area = auroc(test, away)
    if (area !== null)
      foreign!.push({
        name,
        images: away.length,
        auroc: area,
        found: threshold === null ? null : beyond(away) / away.length,
      })
  }
  return {
    reference,
    distances: { calibrating, test },
    card: {
      references: reference.ids.length,
      neighbour,
      is_centred: centre !== null,
      threshold,
      images: known.length,
      kept: threshold === null || test.length === 0 ? null : wilson(test.length - beyond(test), test.length),
      foreign,
    },
  }
}

async function referenceOf(
  { training, choosing }: FamiliaritySets,
  loaded: MeasuredModel,
): Promise<Reference | null> {
  const sample = subsetOf(training, chooseReferences(training, loaded.classes), 0)
  const { features } = await computeOutputs(sample, loaded)
  if (sample.count === 0 || !features) return null
  const length = features.length / sample.count
  const referenceSet = { ids: sample.hashes, labels: Uint16Array.from(sample.labels), length, features }
  const { neighbour, centre } = await choose(referenceSet, choosing, loaded)
  return readReference(
    referenceBytes({ ...referenceSet, neighbour, centre, vectors: directions(features, length, centre) }),
  ) // rounded to float16, as it is stored
}

type ReferenceFeatures = {
  readonly ids: readonly string[]
  readonly labels: Uint16Array
  readonly length: number
  readonly features: Float32Array
}

/** The neighbour, and whether to subtract a centre, whose distances best separate the incorrect predictions of
 *  the choosing half from the correct ones. */
async function choose(
  referenceSet: ReferenceFeatures,
  choosing: LabelledOutputs,
  loaded: MeasuredModel,
): Promise<Choice> {
  const perClass = referenceSet.ids.length / loaded.classes
  const neighbours = NEIGHBOURS.filter((neighbour) => neighbour === 1 || neighbour <= perClass / 2)
  const usual: Choice = {
    neighbour: Math.max(...neighbours.filter((neighbour) => neighbour <= USUAL_NEIGHBOUR)),
    centre: null,
  }
  const isCorrect = correctOnes(choosing.logits, choosing.labels)
  const incorrect = isCorrect.filter((correct) => !correct).length
  if (!choosing.features || incorrect < FEWEST_INCORRECT || isCorrect.length - incorrect < FEWEST_INCORRECT)
    return usual
  let best: Choice & { area: number } = { ...usual, area: -Infinity }
  for (const centre of [null, meanOf(referenceSet)]) {
    const byNeighbour = await distances(
      { ...referenceSet, vectors: directions(referenceSet.features, referenceSet.length, centre), centre },
      choosing.features,
      neighbours,
      loaded,
    )
    const margin = centre === null ? 0 : CENTRE_MARGIN
    const before = best.area
    neighbours.forEach((neighbour, i) => {
      const area = auroc(
        byNeighbour[i]!.filter((_, n) => isCorrect[n]!),
        byNeighbour[i]!.filter((_, n) => !isCorrect[n]!),
      )!
      if (area > best.area && area > before + margin) best = { neighbour, centre, area }
    })
  }
  return { neighbour: best.neighbour, centre: best.centre }
}

/** For each neighbour, its distance from every row. */
async function distances(
  reference: Pick<Reference, 'ids' | 'length' | 'vectors' | 'centre'>,
  features: Float32Array,
  neighbours: readonly number[],
  loaded: MeasuredModel,
): Promise<Float32Array[]> {
  const { length } = reference
  const count = features.length / length
  const result = neighbours.map(() => new Float32Array(count))
  const rows = (first: number, some: number) => features.subarray(first * length, (first + some) * length)
  await productsWith(reference, { count, rows }, loaded, (products, row) => {
    const nearest = largestOf(products, Math.max(...neighbours))
    neighbours.forEach((neighbour, n) => {
      result[n]![row] = distanceOf(nearest[neighbour - 1]!)
    })
  })
  return result
}

const correctOnes = (logits: Logits, labels: Int32Array): boolean[] =>
  Array.from({ length: logits.count }, (_, i) => answerOf(logits, i) === labels[i])

function meanOf({ features, length }: ReferenceFeatures): Float32Array {
  const sums = new Float64Array(length)
  features.forEach((value, i) => {
    sums[i % length]! += value
  })
  return Float32Array.from(sums, (sum) => (sum * length) / features.length)
}
