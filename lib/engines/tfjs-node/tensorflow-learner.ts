/** A learner on TensorFlow: the step of lib/ml executed kernel by kernel, with a few flat tensors as its state
 *  between steps. */
import { AverageAndBest } from '#lib/ml/learn/average-and-best.ts'
import type {
  Batch,
  FlatWeights,
  Learner,
  LearnerSpec,
  LearnerState,
  StepResult,
  Which,
} from '#lib/ml/learn/learner.ts'
import { shapesOf, sizeOf, type Weights, type WeightSpec } from '#lib/ml/network/network.ts'
import { fillNoise, noisyLayers } from '#lib/ml/learn/dropout-noise.ts'
import { clipped, momentCount, ratesOfStep, updated } from '#lib/ml/learn/optimisers.ts'
import { decayMask, flattened, paceMask, planWeights, unflattened } from '#lib/ml/network/weight-layout.ts'
import { lossAndGradients, STATISTICS_DECAY, type Values } from '#lib/ml/learn/step.ts'
import { answer, freeWeights, loadWeights, type LoadedNetwork } from './inference-network.ts'
import { TYPE, type Tensor, type TensorFlow } from './binding.ts'
import { createTensorFlowKernels } from './kernels.ts'

type State = { readonly trained: Tensor; readonly measured: Tensor; readonly moments: readonly Tensor[] }

export function createTensorFlowLearner(
  tf: TensorFlow,
  spec: LearnerSpec,
  precision: 'float32' | 'bfloat16',
): Learner {
  const { network, optimiser, seed = 0, statisticsDecay = STATISTICS_DECAY } = spec
  const plan = planWeights(spec)
  const k = createTensorFlowKernels(tf, { precision })
  const pixelShape = shapesOf(network).get('input')!
  const noisy = noisyLayers(network)

  const copies = new AverageAndBest(() => latest())
  /** Tensors that live as long as the learner; all others are freed with their step. */
  const long: Tensor[] = []
  const hold = (make: () => Tensor): Tensor => {
    const tensor = tf.scope(() => {
      const tensor = make()
      return { answer: tensor, keep: [tensor] }
    })
    long.push(tensor)
    return tensor
  }
  const fixed = Object.fromEntries(
    plan.fixed.map((w) => [w.name, hold(() => tf.floats(spec.weights[w.name]!, w.shape))]),
  )
  const decays = hold(() => tf.floats(decayMask(plan), [plan.trainedLength]))
  const pace = paceMask(plan, optimiser)
  const paces = pace && hold(() => tf.floats(pace, [plan.trainedLength]))
  const loaded = new Map<Which, { readonly of: number; readonly weights: LoadedNetwork }>()
  let changes = 0 // of the weights: a network loaded at an earlier count is stale
  let state: State | null = null
  let step = 0

  function put(flat: FlatWeights, moments: readonly Float32Array[]): void {
    const before = state
    state = tf.scope(() => {
      const vector = (values: Float32Array): Tensor => tf.floats(values, [values.length])
      const answer = {
        trained: vector(flat.trained),
        measured: vector(flat.measured),
        moments: moments.map(vector),
      }
      return { answer, keep: [answer.trained, answer.measured, ...answer.moments] }
    })
    changes += 1
    if (before) tf.free([before.trained, before.measured, ...before.moments])
  }
  const now = (): State => {
    if (!state) throw new Error('this learner was closed')
    return state
  }
  const latest = (): FlatWeights => ({
    trained: tf.read(now().trained).slice(),
    measured: plan.measuredLength > 0 ? tf.read(now().measured).slice() : new Float32Array(0),
  })
  const moments = (): Float32Array[] => now().moments.map((moment) => tf.read(moment).slice())
  const namedWeights = (which: Which): Weights =>
    unflattened(plan, which === 'latest' ? latest() : copies.average(), spec.weights)
  put(
    flattened(plan, spec.weights),
    Array.from({ length: momentCount(optimiser) }, () => new Float32Array(plan.trainedLength)),
  )

  function stepOnce(
    batch: Batch,
    rate: number,
  ): { answer: StepResult & { next: State }; keep: readonly Tensor[] } {
    const { trained, measured, moments: before } = now()
    const weights: Values<Tensor> = { ...fixed, ...parts(tf, plan.trained, trained) }
    const noise = Object.fromEntries(
      noisy.map(({ name, length }, index) => {
        const bytes = new Uint8Array(batch.count * length)
        fillNoise(bytes, seed, step, index)
        return [name, tf.floats(Float32Array.from(bytes), [batch.count, length])]
      }),
    )
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
        weights,
        noise,
        pixels: tf.floats(batch.pixels, [batch.count, ...pixelShape]),
        targets: tf.floats(batch.targets, [batch.count, network.classes]),
      },
    )
    const gradient = joined(tf, plan.trained, result.gradients)
    const [plainRate, correctedRate] = ratesOfStep(optimiser, rate, step)
    const next = updated(k, optimiser, {
      weights: trained,
      gradient: spec.clipNorm === undefined ? gradient : clipped(k, gradient, spec.clipNorm),
      moments: before,
      rate: tf.floats(Float32Array.of(plainRate), [1]),
      correctedRate: tf.floats(Float32Array.of(correctedRate), [1]),
      decays,
      paces,
    })
    const nextMeasured =
      plan.measuredLength === 0
        ? measured
        : k.add(
            k.scale(measured, statisticsDecay),
            k.scale(joined(tf, plan.measured, result.measured), 1 - statisticsDecay),
          )
    const answer = {
      loss: tf.read(result.loss)[0]!,
      right: Math.round(tf.read(result.right)[0]!),
      next: { trained: next.weights, measured: nextMeasured, moments: next.moments },
    }
    return { answer, keep: [next.weights, nextMeasured, ...next.moments] }
  }

  return {
    async learn(batch: Batch, rate: number): Promise<StepResult> {
      if (
        batch.pixels.length !== batch.count * sizeOf(pixelShape) ||
        batch.targets.length !== batch.count * network.classes
      )
        throw new Error(
          `the batch does not have ${batch.count} images of ${sizeOf(pixelShape)} values and ` +
            `${network.classes} targets`,
        )
      step += 1
      const before = now()
      const { loss, right, next } = tf.scope(() => stepOnce(batch, rate))
      state = next
      changes += 1
      tf.free([
        before.trained,
        ...before.moments,
        ...(before.measured === next.measured ? [] : [before.measured]),
      ])
      return { loss, right }
    },
    average(decay: number): void {
      copies.move(decay)
      changes += 1
    },
    async predict(pixels, count, which: Which = 'latest') {
      const cached = loaded.get(which)
      if (cached?.of === changes) return answer(tf, cached.weights, pixels, count)
      if (cached) freeWeights(tf, cached.weights)
      const weights = loadWeights(tf, network, namedWeights(which))
      loaded.set(which, { of: changes, weights })
      return answer(tf, weights, pixels, count)
    },
    remember: async (which: Which = 'latest') => copies.remember(which),
    recall: async () => put(copies.best(), moments()),
    weights: async (which: Which = 'latest') => namedWeights(which),
    state: async (): Promise<LearnerState> => ({ step, ...copies.all(), moments: moments() }),
    async restore(from: LearnerState): Promise<void> {
      step = from.step
      put(from.latest, from.moments)
      copies.restore(from)
    },
    async [Symbol.asyncDispose]() {
      for (const { weights } of loaded.values()) freeWeights(tf, weights)
      loaded.clear()
      if (state) tf.free([state.trained, state.measured, ...state.moments, ...long])
      state = null
    },
  }
}

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
