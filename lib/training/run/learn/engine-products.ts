/** Products of features and weights on an engine: the features are loaded once as the kernels of two dense layers, and
 *  weights are run through them as if they were images. */
import type { MakeProducts } from '#lib/ml/learn/feature-products.ts'
import type { Network } from '#lib/ml/network/network.ts'
import type { TrainingEngine } from '../ports.ts'

const TIMES = 'features transposed'
const GATHER = 'features as rows'

export type ProductsEngine = Pick<TrainingEngine, 'load' | 'unload' | 'run'>

export const engineProducts =
  (engine: ProductsEngine): MakeProducts =>
  async ({ features, count, length }) => {
    const transposed = new Float32Array(features.length)
    for (let i = 0; i < count; i++)
      for (let d = 0; d < length; d++) transposed[d * count + i] = features[i * length + d]!
    await using stack = new AsyncDisposableStack()
    for (const [key, kernel, inputs, units] of [
      [TIMES, transposed, length, count],
      [GATHER, features, count, length],
    ] as const) {
      await engine.load(key, { network: product(inputs, units), weights: { 'products/kernel': kernel } })
      stack.defer(() => engine.unload(key))
    }
    const whole = stack.move()
    return {
      times: async (weights, rows) => (await engine.run(TIMES, weights, rows)).logits,
      gather: async (values, rows) => (await engine.run(GATHER, values, rows)).logits,
      [Symbol.asyncDispose]: () => whole.disposeAsync(),
    }
  }

const product = (inputs: number, units: number): Network => ({
  name: 'products',
  input: { size: 1, channels: inputs },
  classes: units,
  layers: [
    { name: 'flat', kind: 'flatten' },
    { name: 'products', kind: 'dense', units, bias: false },
  ],
})
