/** One training step on TensorFlow: the step of lib/ml executed kernel by kernel, from the tensors of one state to
 *  those of the next. It frees nothing: the caller does, when it has the next state. */
import { fillNoise, noisyLayers } from '#lib/ml/learn/dropout-noise.ts'
import type { Batch, LearnerSpec, StepResult } from '#lib/ml/learn/learner.ts'
import { clipped, ratesOfStep, updated } from '#lib/ml/learn/optimisers.ts'
import { lossAndGradients, STATISTICS_DECAY, type Values } from '#lib/ml/learn/step.ts'
import { shapesOf, sizeOf, type WeightSpec } from '#lib/ml/network/network.ts'
import { decayMask, paceMask, type WeightPlan } from '#lib/ml/network/weight-layout.ts'
import { TYPE, type Tensor, type TensorFlow } from './binding.ts'
import { createTensorFlowKernels } from './kernels.ts'

/** Each a flat vector: the trained weights, the measured ones (of batch normalisation), and the optimiser's moments. */
export type StepState = {
  readonly trained: Tensor
  readonly measured: Tensor
  readonly moments: readonly Tensor[]
}

type StepOutcome = {
  readonly answer: StepResult & { readonly next: StepState }
  /** Tensors that outlive the scope in which the step runs. */
  readonly keep: readonly Tensor[]
}

/** @param given.hold makes a tensor that lives as long as the learner */
export function createStep(
  tf: TensorFlow,
  given: {
    readonly spec: LearnerSpec
    readonly plan: WeightPlan
    readonly precision: 'float32' | 'bfloat16'
    readonly hold: (make: () => Tensor) => Tensor
  },
): (state: StepState, batch: Batch, at: { readonly rate: number; readonly step: number }) => StepOutcome {
  const { spec, plan, precision, hold } = given
  const { network, optimiser, seed = 0, statisticsDecay = STATISTICS_DECAY } = spec
  const k = createTensorFlowKernels(tf, { precision })
  const pixelShape = shapesOf(network).get('input')!
  const noisy = noisyLayers(network)
  const fixed = Object.fromEntries(
    plan.fixed.map((w) => [w.name, hold(() => tf.floats(spec.weights[w.name]!, w.shape))]),
  )
  const decays = hold(() => tf.floats(decayMask(plan), [plan.trainedLength]))
  const pace = paceMask(plan, optimiser)
  const paces = pace && hold(() => tf.floats(pace, [plan.trainedLength]))

  const noiseOf = (images: number, step: number): Values<Tensor> =>
    Object.fromEntries(
      noisy.map(({ name, length }, index) => {
        const bytes = new Uint8Array(images * length)
        fillNoise(bytes, seed, step, index)
        return [name, tf.floats(Float32Array.from(bytes), [images, length])]
      }),
    )

  /** The moving average of what this step measured. */
  const measuredAfter = (before: Tensor, measured: Values<Tensor>): Tensor =>
    plan.measuredLength === 0
      ? before
      : k.add(
          k.scale(before, statisticsDecay),
          k.scale(joined(tf, plan.measured, measured), 1 - statisticsDecay),
        )

  return ({ trained, measured, moments }, batch, { rate, step }) => {
    const result = lossAndGradients(
      k,
      {
        network,
        frozenThrough: spec.frozenThrough,
        batchNorm: spec.batchNorm ?? 'learns',
        fitted: spec.fitted,
      },
      {
        images: batch.count,
        weights: { ...fixed, ...parts(tf, plan.trained, trained) },
        noise: noiseOf(batch.count, step),
        pixels: tf.floats(batch.pixels, [batch.count, ...pixelShape]),
        targets: tf.floats(batch.targets, [batch.count, network.classes]),
      },
    )
    const gradient = joined(tf, plan.trained, result.gradients)
    const [plainRate, correctedRate] = ratesOfStep(optimiser, rate, step)
    const next = updated(k, optimiser, {
      weights: trained,
      gradient: spec.clipNorm === undefined ? gradient : clipped(k, gradient, spec.clipNorm),
      moments,
      rate: tf.floats(Float32Array.of(plainRate), [1]),
      correctedRate: tf.floats(Float32Array.of(correctedRate), [1]),
      decays,
      paces,
    })
    const nextMeasured = measuredAfter(measured, result.measured)
    return {
      answer: {
        loss: tf.read(result.loss)[0]!,
        right: Math.round(tf.read(result.right)[0]!),
        next: { trained: next.weights, measured: nextMeasured, moments: next.moments },
      },
      keep: [next.weights, nextMeasured, ...next.moments],
    }
  }
}

/** A flat vector as the tensors of its weights. */
function parts(tf: TensorFlow, specs: readonly WeightSpec[], flat: Tensor): Values<Tensor> {
  const lengths = specs.map((spec) => sizeOf(spec.shape))
  const pieces = tf.several(
    'SplitV',
    [flat, tf.ints(...lengths), tf.int(0)],
    { num_split: specs.length, T: { type: TYPE.float32 }, Tlen: { type: TYPE.int32 } },
    specs.length,
  )
  return Object.fromEntries(
    specs.map((spec, i) => [
      spec.name,
      tf.op('Reshape', [pieces[i]!, tf.ints(...spec.shape)], {
        T: { type: TYPE.float32 },
        Tshape: { type: TYPE.int32 },
      }),
    ]),
  )
}

/** The tensors of weights as a flat vector. */
function joined(tf: TensorFlow, specs: readonly WeightSpec[], values: Values<Tensor>): Tensor {
  const flat = specs.map((spec) => {
    const value = values[spec.name]
    if (value === undefined) throw new Error(`no gradient reached ${spec.name}`)
    return tf.op('Reshape', [value, tf.ints(-1)], { T: { type: TYPE.float32 }, Tshape: { type: TYPE.int32 } })
  })
  if (flat.length === 1) return flat[0]!
  return tf.op('ConcatV2', [...flat, tf.int(0)], {
    N: flat.length,
    T: { type: TYPE.float32 },
    Tidx: { type: TYPE.int32 },
  })
}
