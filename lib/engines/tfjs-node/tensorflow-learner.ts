/** A learner on TensorFlow: its state between steps is a few flat tensors (tensorflow-step.ts has the step itself),
 *  read into memory only for checkpoints and results. */
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
import { shapesOf, sizeOf, type Weights } from '#lib/ml/network/network.ts'
import { momentCount } from '#lib/ml/learn/optimisers.ts'
import { flattened, planWeights, unflattened } from '#lib/ml/network/weight-layout.ts'
import { answer, freeWeights, loadWeights, type LoadedNetwork } from './inference-network.ts'
import type { Tensor, TensorFlow } from './binding.ts'
import { createStep, type StepState } from './tensorflow-step.ts'

export function createTensorFlowLearner(
  tf: TensorFlow,
  spec: LearnerSpec,
  precision: 'float32' | 'bfloat16',
): Learner {
  const { network, optimiser } = spec
  const plan = planWeights(spec)
  const pixelShape = shapesOf(network).get('input')!

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
  const stepOnce = createStep(tf, { spec, plan, precision, hold })
  const loaded = new Map<Which, { readonly of: number; readonly weights: LoadedNetwork }>()
  let changes = 0 // of the weights: a network loaded at an earlier count is stale
  let state: StepState | null = null
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
  const now = (): StepState => {
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
      const { loss, right, next } = tf.scope(() => stepOnce(before, batch, { rate, step }))
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
