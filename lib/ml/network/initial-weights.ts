/** Weights before any training: random ones from a seed, and heads extended by new
 *  classes. It reads no file. */
import { sizeOf, weightSpecs, type Network, type Weights, type WeightSpec } from './network.ts'
import { createRandom, normal } from '../random.ts'

const GAIN_NEXT_TO_IDENTITY = 1 / 3 // PyTorch's default, which the source starts with

/** He et al. 2015 (arXiv:1502.01852): normal with variance 2 / fan-in before a relu; 1 / fan-in for the last
 *  layer.
 *  @param options.startsAsIdentity each convolution passes on its input: its first filters are the identity, one for
 *  each channel, and the others are random (K. Jordan 2024, arXiv:2404.00498, § 3.3) */
export function initialWeights(
  network: Network,
  seed: number,
  { startsAsIdentity = false }: { readonly startsAsIdentity?: boolean } = {},
): Weights {
  const last = network.layers.at(-1)!.name
  const random = createRandom(seed)
  return Object.fromEntries(
    weightSpecs(network).map((spec) => {
      if (!startsAsIdentity) return [spec.name, initialTensor(spec, spec.layer === last ? 1 : 2, random)]
      const values = initialTensor(spec, GAIN_NEXT_TO_IDENTITY, random)
      const isConvolution = spec.role === 'kernel' && spec.shape.length === 4
      return [spec.name, isConvolution ? identityKernel(values, spec.shape) : values]
    }),
  )
}

/** A kernel [size, size, inputs, filters]. */
function identityKernel(
  kernel: Float32Array,
  [size = 0, , inputs = 0, filters = 0]: readonly number[],
): Float32Array {
  const middle = (size * size - 1) / 2
  return kernel.map((value, at) => {
    const filter = at % filters
    const input = Math.floor(at / filters) % inputs
    const place = Math.floor(at / (filters * inputs))
    if (filter >= inputs) return value
    return filter === input && place === middle ? 1 : 0
  })
}

function initialTensor(spec: WeightSpec, gain: number, random: () => number): Float32Array {
  const values = new Float32Array(sizeOf(spec.shape))
  switch (spec.role) {
    case 'kernel': {
      const deviation = Math.sqrt(gain / spec.fanIn)
      return values.map(() => deviation * normal(random))
    }
    case 'gamma':
    case 'variance':
      return values.fill(1)
    case 'bias':
    case 'beta':
    case 'mean':
      return values
  }
}

/** The same network with more (or fewer) classes: the columns of existing classes stay, new ones start small and
 *  random. */
export function withClasses(
  network: Network,
  weights: Weights,
  change: { classes: number; seed: number },
): { network: Network; weights: Weights } {
  const head = network.layers.at(-1)!
  if (head.kind !== 'dense') throw new Error(`${network.name}: the last layer must be dense`)
  const changed: Network = {
    ...network,
    classes: change.classes,
    layers: [...network.layers.slice(0, -1), { ...head, units: change.classes }],
  }
  const fresh = initialWeights(changed, change.seed)
  const grown = Object.fromEntries(
    weightSpecs(changed).map((spec) => {
      const old = weights[spec.name]
      if (!old) throw new Error(`${network.name}: the weights lack ${spec.name}`)
      return [
        spec.name,
        spec.layer === head.name ? keepColumns(old, network.classes, fresh[spec.name]!, change.classes) : old,
      ]
    }),
  )
  return { network: changed, weights: grown }
}

/** Copies the columns of the first matrix (or vector: one row) that the second also has. */
function keepColumns(
  from: Float32Array,
  fromColumns: number,
  into: Float32Array,
  columns: number,
): Float32Array {
  const rows = from.length / fromColumns
  const result = into.slice()
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < Math.min(columns, fromColumns); column++)
      result[row * columns + column] = from[row * fromColumns + column]!
  }
  return result
}
