/** A learner on ONNX Runtime: each step is one run of the training graph, with weights as flat input and output
 *  vectors. The mathematics is in lib/ml; this holds the vectors and the sessions. */
import type { Tensor } from 'onnxruntime-node'
import { AverageAndBest } from '#lib/ml/learn/average-and-best.ts'
import type {
  NetworkAnswers,
  Batch,
  Learner,
  LearnerSpec,
  LearnerState,
  StepResult,
  Which,
} from '#lib/ml/learn/learner.ts'
import { fillNoise, noisyLayers } from '#lib/ml/learn/dropout-noise.ts'
import type { Weights } from '#lib/ml/network/network.ts'
import type { Graph } from '#lib/ml/onnx/graph.ts'
import type { GraphKernels } from '#lib/ml/onnx/standard-kernels.ts'
import { stateNames, trainingGraph } from '#lib/ml/onnx/training-graph.ts'
import { momentCount, ratesOfStep } from '#lib/ml/learn/optimisers.ts'
import { flattened, planWeights, unflattened } from '#lib/ml/network/weight-layout.ts'
import { floatsOf, openPredictionSession, type PredictionSession } from './inference-session.ts'
import type { OrtLibrary, Session } from './library.ts'

/** How the graph is written: standard, or in ONNX Runtime's blocked layout. */
export type GraphWriter = (batch: number) => (g: Graph) => GraphKernels

export function createOrtLearner(library: OrtLibrary, spec: LearnerSpec, writing: GraphWriter): Learner {
  const { network, optimiser, seed = 0 } = spec
  const plan = planWeights(spec)
  const names = stateNames({ optimiser, plan })
  const lengths: Record<string, number> = { trained: plan.trainedLength, measured: plan.measuredLength }
  const noisy = noisyLayers(network)
  const { size, channels } = network.input
  const vector = (name: string): Tensor =>
    library.floats(new Float32Array(lengths[name] ?? plan.trainedLength), [
      lengths[name] ?? plan.trainedLength,
    ])

  let state: Readonly<Record<string, Tensor>> = Object.fromEntries(names.map((name) => [name, vector(name)]))
  let step = 0
  const copies = new AverageAndBest(() => latest())
  const sessions = new Map<number, Promise<Session>>()
  let prediction: { readonly which: Which; readonly session: Promise<PredictionSession> } | null = null
  let isStale = false // its session has weights that have been replaced

  const latest = () => ({
    trained: floatsOf(state.trained),
    measured: state.measured ? floatsOf(state.measured) : new Float32Array(0),
  })
  const put = (name: string, values: Float32Array): void => floatsOf(state[name]).set(values)
  const putLatest = (flat: { trained: Float32Array; measured: Float32Array }): void => {
    put('trained', flat.trained)
    if (state.measured) put('measured', flat.measured)
    isStale = true
  }
  putLatest(flattened(plan, spec.weights))

  function sessionFor(batch: number): Promise<Session> {
    const cached = sessions.get(batch)
    if (cached) return cached
    const session = library.open(trainingGraph({ ...spec, plan, batch }, writing(batch)))
    sessions.set(batch, session)
    session.catch(() => sessions.delete(batch))
    return session
  }

  /** One at a time, and none during training, because each holds memory of its own. */
  async function closePrediction(): Promise<void> {
    const previous = prediction
    prediction = null
    isStale = false
    await (await previous?.session)?.[Symbol.asyncDispose]()
  }

  const namedWeights = (which: Which): Weights =>
    unflattened(plan, which === 'latest' ? latest() : copies.average(), spec.weights)

  return {
    async learn({ pixels, targets, count }: Batch, rate: number): Promise<StepResult> {
      checkLength('pixels', pixels, count * size * size * channels)
      checkLength('targets', targets, count * network.classes)
      await closePrediction()
      const session = await sessionFor(count)
      step += 1
      const noise = Object.fromEntries(
        noisy.map(({ name, length }, index) => {
          const bytes = new Uint8Array(count * length)
          fillNoise(bytes, seed, step, index)
          return [`noise.${name}`, library.bytes(bytes, [count, length])]
        }),
      )
      const feeds = {
        pixels: library.floats(pixels, [count, size, size, channels]),
        targets: library.floats(targets, [count, network.classes]),
        rate: library.floats(Float32Array.from(ratesOfStep(optimiser, rate, step)), [2]),
        ...noise,
        ...state,
      }
      const outputs = await session.run(feeds)
      for (const name of names) freed(state[name])
      state = Object.fromEntries(names.map((name) => [name, outputs[`next.${name}`]!]))
      return { loss: floatsOf(outputs.loss)[0]!, right: Math.round(floatsOf(outputs.right)[0]!) }
    },
    average(decay: number): void {
      copies.move(decay)
      isStale = true
    },
    async predict(pixels: Float32Array, count: number, which: Which = 'latest'): Promise<NetworkAnswers> {
      if (prediction?.which !== which || isStale) {
        await closePrediction()
        prediction = {
          which,
          session: openPredictionSession(library, { network, weights: namedWeights(which) }),
        }
      }
      return (await prediction.session).answer(pixels, count)
    },
    remember: async (which: Which = 'latest') => copies.remember(which),
    recall: async () => putLatest(copies.best()),
    weights: async (which: Which = 'latest') => namedWeights(which),
    state: async (): Promise<LearnerState> => ({
      step,
      ...copies.all(),
      moments: Array.from({ length: momentCount(optimiser) }, (_, n) => floatsOf(state[`moment.${n}`])),
    }),
    async restore(from: LearnerState): Promise<void> {
      step = from.step
      putLatest(from.latest)
      from.moments.forEach((values, n) => put(`moment.${n}`, values))
      copies.restore(from)
    },
    async [Symbol.asyncDispose]() {
      for (const session of sessions.values()) await (await session)[Symbol.asyncDispose]()
      await closePrediction()
      sessions.clear()
    },
  }
}

function checkLength(name: string, values: Float32Array, expected: number): void {
  if (values.length !== expected)
    throw new Error(`${name} has ${values.length} values instead of ${expected}`)
}

/** Immediately, without waiting for V8's garbage collection: with 0.84 million weights, 40 MB were left (2026-11). */
function freed(tensor: Tensor | undefined): void {
  const { buffer } = floatsOf(tensor)
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}
