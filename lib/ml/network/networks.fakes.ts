/** Tiny networks for tests, which together have every kind of layer, odd sizes, strides and branches. Not recipes. */
import { initialWeights } from './initial-weights.ts'
import type { Batch } from '../learn/learner.ts'
import type { Layer, Network, Weights } from './network.ts'
import { createRandom, normal } from '../random.ts'

type LayerWithoutName = Layer extends infer L ? (L extends Layer ? Omit<L, 'name'> : never) : never

const network = (name: string, input: Network['input'], ...layers: readonly LayerWithoutName[]): Network => ({
  name,
  input,
  classes: 3,
  layers: layers.map((layer, i) => ({ ...layer, name: `l${i}` }) as Layer),
})

const conv = (filters: number, kernel = 3, stride = 1): LayerWithoutName => ({
  kind: 'conv',
  kernel,
  filters,
  stride,
})
const norm: LayerWithoutName = { kind: 'batchNorm' }
const relu: LayerWithoutName = { kind: 'relu' }
const head: LayerWithoutName = { kind: 'dense', units: 3, bias: true }

export const tinyNetworks: readonly Network[] = [
  network(
    'convolutions with pool, rows with batch norm and dropout',
    { size: 8, channels: 3 },
    conv(6),
    norm,
    relu,
    { kind: 'maxPool', size: 2 },
    conv(5),
    norm,
    relu,
    { kind: 'flatten' },
    { kind: 'dense', units: 7, bias: false },
    norm,
    relu,
    { kind: 'dropout', rate: 0.25 },
    head,
  ),
  network(
    'pool before a capped relu, dropout on a map, average of all places',
    { size: 16, channels: 3 },
    conv(6),
    norm,
    relu,
    conv(5, 1),
    norm,
    { kind: 'maxPool', size: 2 },
    { kind: 'relu', most: 1 },
    { kind: 'dropout', rate: 0.25 },
    { kind: 'globalAvgPool' },
    head,
  ),
  network(
    'odd size, stride, depthwise, wide kernel, sum, average pool that leaves a border',
    { size: 7, channels: 1 },
    conv(4, 3, 2),
    norm,
    relu,
    { kind: 'depthwise', kernel: 3, stride: 1 },
    norm,
    relu,
    conv(4, 5),
    { kind: 'add', other: 'l5' },
    { kind: 'avgPool', size: 3 },
    { kind: 'flatten' },
    head,
  ),
  network(
    'strided depthwise and a strided shortcut of single pixels',
    { size: 8, channels: 3 },
    conv(4, 3, 2),
    norm,
    relu,
    conv(8, 1),
    norm,
    relu,
    { kind: 'depthwise', kernel: 3, stride: 2 },
    norm,
    relu,
    conv(4, 1),
    norm,
    { kind: 'conv', kernel: 1, filters: 4, stride: 2, from: 'l2' },
    norm,
    { kind: 'add', other: 'l10' },
    relu,
    { kind: 'globalAvgPool' },
    head,
  ),
  network(
    'a residual branch before batch norm, a pool that leaves a border',
    { size: 6, channels: 3 },
    conv(4),
    norm,
    relu,
    conv(4),
    { kind: 'add', other: 'l0' },
    norm,
    relu,
    { kind: 'maxPool', size: 4 },
    { kind: 'flatten' },
    head,
  ),
  network(
    'widths that fill blocks of sixteen, on maps of 16, 8 and 4',
    { size: 16, channels: 3 },
    conv(16),
    norm,
    relu,
    conv(32),
    norm,
    relu,
    { kind: 'maxPool', size: 2 },
    conv(16),
    norm,
    relu,
    { kind: 'maxPool', size: 2 },
    conv(32),
    norm,
    relu,
    { kind: 'flatten' },
    head,
  ),
  network(
    'a residual branch, depthwise and capped relu, at widths that fill blocks',
    { size: 8, channels: 3 },
    conv(16),
    norm,
    relu,
    conv(16),
    norm,
    { kind: 'add', other: 'l2' },
    relu,
    { kind: 'depthwise', kernel: 3, stride: 1 },
    norm,
    { kind: 'relu', most: 1 },
    conv(32, 1),
    norm,
    relu,
    { kind: 'depthwise', kernel: 3, stride: 2 },
    norm,
    { kind: 'dropout', rate: 0.25 },
    relu,
    { kind: 'avgPool', size: 2 },
    { kind: 'globalAvgPool' },
    head,
  ),
  network(
    'strided shortcuts and pools that leave a border, at widths that fill blocks',
    { size: 14, channels: 1 },
    conv(16),
    norm,
    relu,
    conv(32, 3, 2),
    norm,
    { kind: 'conv', kernel: 1, filters: 32, stride: 2, from: 'l2' },
    norm,
    { kind: 'add', other: 'l4' },
    relu,
    { kind: 'maxPool', size: 2 },
    conv(16, 5),
    { kind: 'add', other: 'l10' },
    norm,
    relu,
    { kind: 'dropout', rate: 0.5 },
    { kind: 'flatten' },
    head,
  ),
  network(
    'no padding: stride that leaves a border, blocks, and depthwise',
    { size: 12, channels: 3 },
    { kind: 'conv', kernel: 3, filters: 16, stride: 1, padding: 'valid' },
    norm,
    relu,
    { kind: 'conv', kernel: 3, filters: 32, stride: 2, padding: 'valid' },
    norm,
    relu,
    { kind: 'depthwise', kernel: 2, stride: 1, padding: 'valid' },
    norm,
    relu,
    { kind: 'conv', kernel: 2, filters: 5, stride: 1, padding: 'valid' },
    { kind: 'flatten' },
    head,
  ),
  network(
    'pool before batch norm, in blocks and not',
    { size: 8, channels: 3 },
    conv(16),
    { kind: 'maxPool', size: 2 },
    norm,
    relu,
    conv(16),
    norm,
    relu,
    conv(5),
    { kind: 'maxPool', size: 2 },
    norm,
    relu,
    { kind: 'flatten' },
    head,
  ),
]

/** Weights as after some training: no statistic has its initial value. */
export function liveWeights(network: Network, seed: number): Weights {
  const random = createRandom(seed)
  return Object.fromEntries(
    Object.entries(initialWeights(network, seed)).map(([name, values]) => {
      if (/gamma|variance/.test(name)) return [name, values.map(() => 1 + 0.3 * random())]
      if (/beta|mean|bias/.test(name)) return [name, values.map(() => 0.3 * normal(random))]
      return [name, values]
    }),
  )
}

export function someBatch(network: Network, count: number, seed: number): Batch {
  const random = createRandom(seed)
  const { size, channels } = network.input
  return {
    count,
    pixels: new Float32Array(count * size * size * channels).map(() => normal(random)),
    targets: new Float32Array(count * network.classes).map((_, i) =>
      i % network.classes === Math.floor(i / network.classes) % network.classes
        ? 0.9
        : 0.1 / (network.classes - 1),
    ),
  }
}
