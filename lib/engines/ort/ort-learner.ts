/** A learner on ONNX Runtime: each step is one run of the training graph, weights going in and out as flat vectors.
 *  The mathematics is in lib/ml; this keeps the vectors and the sessions. */
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
import { floatsOf, openAnswering, type AnsweringSession } from './inference-session.ts'
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
  const kept = new AverageAndBest(() => latest())
  const sessions = new Map<number, Promise<Session>>()
  let answering: { readonly which: Which; readonly session: Promise<AnsweringSession> } | null = null
  let isStale = false // it answers with weights that have been replaced

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
    const known = sessions.get(batch)
    if (known) return known
    const opened = library.open(trainingGraph({ ...spec, plan, batch }, writing(batch)))
    sessions.set(batch, opened)
    opened.catch(() => sessions.delete(batch))
    return opened
  }

  /** One at a time, and none while learning: each holds memory of its own. */
  async function forgetAnswers(): Promise<void> {
    const known = answering
    answering = null
    isStale = false
    await (await known?.session)?.[Symbol.asyncDispose]()
  }

  const namedWeights = (which: Which): Weights =>
    unflattened(plan, which === 'latest' ? latest() : kept.average(), spec.weights)

  return {
    async learn({ pixels, targets, count }: Batch, rate: number): Promise<StepResult> {
      checkLength('pixels', pixels, count * size * size * channels)
      checkLength('targets', targets, count * network.classes)
      await forgetAnswers()
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
      const made = await session.run(feeds)
      for (const name of names) freed(state[name])
      state = Object.fromEntries(names.map((name) => [name, made[`next.${name}`]!]))
      return { loss: floatsOf(made.loss)[0]!, right: Math.round(floatsOf(made.right)[0]!) }
    },
    average(decay: number): void {
      kept.move(decay)
      isStale = true
    },
    async predict(pixels: Float32Array, count: number, which: Which = 'latest'): Promise<NetworkAnswers> {
      if (answering?.which !== which || isStale) {
        await forgetAnswers()
        answering = { which, session: openAnswering(library, network, namedWeights(which)) }
      }
      return (await answering.session).answer(pixels, count)
    },
    remember: async (which: Which = 'latest') => kept.remember(which),
    recall: async () => putLatest(kept.best()),
    weights: async (which: Which = 'latest') => namedWeights(which),
    state: async (): Promise<LearnerState> => ({
      step,
      ...kept.all(),
      moments: Array.from({ length: momentCount(optimiser) }, (_, n) => floatsOf(state[`moment.${n}`])),
    }),
    async restore(from: LearnerState): Promise<void> {
      step = from.step
      putLatest(from.latest)
      from.moments.forEach((values, n) => put(`moment.${n}`, values))
      kept.restore(from)
    },
    async [Symbol.asyncDispose]() {
      for (const session of sessions.values()) await (await session)[Symbol.asyncDispose]()
      await forgetAnswers()
      sessions.clear()
    },
  }
}

function checkLength(name: string, values: Float32Array, expected: number): void {
  if (values.length !== expected)
    throw new Error(`${name} has ${values.length} values instead of ${expected}`)
}

/** At once, not when V8 comes to it: of 0.84 million weights 40 MB lay about (2026-11). */
function freed(tensor: Tensor | undefined): void {
  const { buffer } = floatsOf(tensor)
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}
