/** One training step and one prediction in float64, by the same layers over the plain kernels: the reference for
 *  every engine. Not optimised. */
import type { Batch, LearnerSpec } from '../learn/learner.ts'
import { fillNoise, noisyLayers } from '../learn/dropout-noise.ts'
import { layoutOf, shapesOf, sizeOf, weightSpecs, type Network, type Weights } from '../network/network.ts'
import { clipped, momentCount, ratesOfStep, updated } from '../learn/optimisers.ts'
import { decayMask, paceMask, planWeights } from '../network/weight-layout.ts'
import { createReference } from './kernels.ts'
import { exact, type Exact } from './exact.ts'
import { answers, lossAndGradients } from '../learn/step.ts'

export type ExactWeights = Readonly<Record<string, ArrayLike<number>>>

const named = (network: Network, weights: ExactWeights): Record<string, Exact> =>
  Object.fromEntries(weightSpecs(network).map((spec) => [spec.name, exact(spec.shape, weights[spec.name]!)]))

export function referenceAnswers(
  network: Network,
  weights: Weights,
  { pixels, count }: Pick<Batch, 'pixels' | 'count'>,
): { logits: Float64Array; features: Float64Array } {
  const { logits, features } = answers(createReference(), layoutOf(network), {
    weights: named(network, weights),
    pixels: exact([count, ...shapesOf(network).get('input')!], pixels),
  })
  return { logits: logits.data, features: features.data }
}

/** Loss, number of correct predictions, the gradient of each trained weight, and the batch's statistics. */
export function referenceGradients(
  spec: Pick<LearnerSpec, 'network' | 'frozenThrough' | 'batchNorm' | 'seed' | 'fitted'>,
  weights: ExactWeights,
  batch: Batch,
  step = 1,
) {
  const { network } = spec
  const noise = Object.fromEntries(
    noisyLayers(network).map(({ name, length }, index) => {
      const bytes = new Uint8Array(batch.count * length)
      fillNoise(bytes, spec.seed ?? 0, step, index)
      return [name, exact([batch.count, length], bytes)]
    }),
  )
  const result = lossAndGradients(
    createReference(),
    {
      network,
      frozenThrough: spec.frozenThrough,
      batchNorm: spec.batchNorm ?? 'learns',
      fitted: spec.fitted,
    },
    {
      images: batch.count,
      weights: named(network, weights),
      pixels: exact([batch.count, ...shapesOf(network).get('input')!], batch.pixels),
      targets: exact([batch.count, network.classes], batch.targets),
      noise,
    },
  )
  const plain = (values: Readonly<Record<string, Exact>>): Record<string, Float64Array> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.data]))
  return {
    loss: result.loss.data[0]!,
    right: result.right.data[0]!,
    gradients: plain(result.gradients),
    measured: plain(result.measured),
  }
}

/** The trained weights after several steps on the same batch, flat, in the order of
 *  `planWeights(spec).trained`. */
export function referenceTrained(
  spec: LearnerSpec,
  batch: Batch,
  { rate, steps }: { rate: number; steps: number },
): Float64Array {
  const plan = planWeights(spec)
  const k = createReference()
  const flat = (values: ExactWeights): Float64Array =>
    Float64Array.from(plan.trained.flatMap((w) => Array.from(values[w.name]!)))
  const length = plan.trainedLength
  const paces = paceMask(plan, spec.optimiser)
  let trained = flat(spec.weights)
  let moments: readonly Exact[] = Array.from({ length: momentCount(spec.optimiser) }, () =>
    exact([length], new Float64Array(length)),
  )
  for (let step = 1; step <= steps; step++) {
    const now: Record<string, ArrayLike<number>> = { ...spec.weights }
    let offset = 0
    for (const w of plan.trained) now[w.name] = trained.subarray(offset, (offset += sizeOf(w.shape)))
    const gradient = exact([length], flat(referenceGradients(spec, now, batch, step).gradients))
    const [plainRate, correctedRate] = ratesOfStep(spec.optimiser, rate, step)
    const next = updated(k, spec.optimiser, {
      weights: exact([length], trained),
      gradient: spec.clipNorm === undefined ? gradient : clipped(k, gradient, spec.clipNorm),
      moments,
      rate: exact([1], [plainRate]),
      correctedRate: exact([1], [correctedRate]),
      decays: exact([length], decayMask(plan)),
      paces: paces && exact([length], paces),
    })
    trained = next.weights.data as Float64Array<ArrayBuffer>
    moments = next.moments
  }
  return trained
}

/** ‖a − b‖ / ‖b‖: how far a result is from the reference. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0
  let size = 0
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2
    size += b[i]! ** 2
  }
  return a.length === b.length ? Math.sqrt(difference / Math.max(size, Number.MIN_VALUE)) : Infinity
}
