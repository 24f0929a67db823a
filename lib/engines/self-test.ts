/** The self-test of an engine before its first use: one small training step and one prediction, compared with the
 *  float64 reference. Not a benchmark. */
import { initialWeights } from '#lib/ml/network/initial-weights.ts'
import type { Batch, LearnerSpec } from '#lib/ml/learn/learner.ts'
import type { Network } from '#lib/ml/network/network.ts'
import { createRandom, normal } from '#lib/ml/random.ts'
import { concatenated, planWeights } from '#lib/ml/network/weight-layout.ts'
import { referenceAnswers, referenceTrained, relativeError } from '#lib/ml/reference/step.ts'
import type { Engine, Purpose } from './engine.ts'

const MOST_ERROR = 1e-3 // relative; float32 engines reach 1e-6, a wrong gradient is off by more than 1e-1
const IMAGES = 16 // a block of them, for the gradients that take images by blocks

/** Two map sizes, because engines use other code for few places. Widths of 16 fill one block of the
 *  blocked layout. */
const network: Network = {
  name: 'proof',
  input: { size: 16, channels: 3 },
  classes: 3,
  layers: [
    { name: 'conv1', kind: 'conv', kernel: 3, filters: 16, stride: 1 },
    { name: 'norm1', kind: 'batchNorm' },
    { name: 'relu1', kind: 'relu' },
    { name: 'conv2', kind: 'conv', kernel: 3, filters: 16, stride: 1 },
    { name: 'norm2', kind: 'batchNorm' },
    { name: 'relu2', kind: 'relu' },
    { name: 'pool2', kind: 'maxPool', size: 2 },
    { name: 'conv3', kind: 'conv', kernel: 3, filters: 16, stride: 1 },
    { name: 'norm3', kind: 'batchNorm' },
    { name: 'relu3', kind: 'relu' },
    { name: 'pool3', kind: 'maxPool', size: 2 },
    { name: 'flat', kind: 'flatten' },
    { name: 'head', kind: 'dense', units: 3, bias: true },
  ],
}

/** Throws with the reason when the engine is wrong; returns its error. */
export async function prove(engine: Engine, purpose: Purpose): Promise<number> {
  const random = createRandom(1)
  const weights = initialWeights(network, 1)
  const batch: Batch = {
    count: IMAGES,
    pixels: new Float32Array(IMAGES * 16 * 16 * 3).map(() => normal(random)),
    targets: new Float32Array(IMAGES * 3).map((_, i) => (i % 3 === Math.floor(i / 3) % 3 ? 0.9 : 0.05)),
  }
  const key = 'proof'
  await engine.load(key, { network, weights })
  const { logits } = await engine.run(key, batch.pixels, IMAGES)
  await engine.unload(key)
  const answerError = relativeError(logits, referenceAnswers(network, weights, batch).logits)
  if (answerError > MOST_ERROR)
    throw new Error(`its outputs differ by ${answerError.toExponential(1)} (relative error)`)
  return purpose === 'inference'
    ? answerError
    : Math.max(
        answerError,
        await provenStep(
          engine,
          {
            network,
            weights,
            batch: IMAGES,
            optimiser: { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
            precision: 'float32',
          },
          batch,
        ),
      )
}

async function provenStep(engine: Engine, spec: LearnerSpec, batch: Batch): Promise<number> {
  await using learner = await engine.learner(spec)
  await learner.learn(batch, 1)
  const trained = (values: ArrayLike<number>): number[] => Array.from(values, (value, i) => value - start[i]!)
  const { trained: specs } = planWeights(spec)
  const start = concatenated(specs, spec.weights)
  const error = relativeError(
    trained(concatenated(specs, await learner.weights())),
    trained(referenceTrained(spec, batch, { rate: 1, steps: 1 })),
  )
  if (error > MOST_ERROR)
    throw new Error(`its training step differs by ${error.toExponential(1)} (relative error)`)
  return error
}
