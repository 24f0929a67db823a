/** Where weights come from before anything is learnt: random ones from a seed, and heads grown by new classes. Not a file reader. */
import { sizeOf, weightSpecs, type Network, type Weights, type WeightSpec } from './network.ts'
import { createRandom, normal } from './random.ts'

/** He et al. 2015 (arXiv:1502.01852): normal with variance 2 / fan-in before a relu; 1 / fan-in for the last layer. */
export function initialWeights(network: Network, seed: number): Weights {
  const last = network.layers.at(-1)!.name
  const random = createRandom(seed)
  return Object.fromEntries(weightSpecs(network).map((spec) => [spec.name, initialTensor(spec, spec.layer === last ? 1 : 2, random)]))
}

function initialTensor(spec: WeightSpec, gain: number, random: () => number): Float32Array {
  const values = new Float32Array(sizeOf(spec.shape))
  switch (spec.role) {
    case 'kernel': {
      const deviation = Math.sqrt(gain / spec.fanIn)
      return values.map(() => deviation * normal(random))
    }
    case 'gamma':
    case 'variance': return values.fill(1)
    case 'bias':
    case 'beta':
    case 'mean': return values
  }
}

/** The same network with more (or fewer) classes: the columns of kept classes stay, new ones start small and random. */
export function withClasses(network: Network, weights: Weights, change: { classes: number; seed: number }): { network: Network; weights: Weights } {
  const head = network.layers.at(-1)!
  if (head.kind !== 'dense') throw new Error(`${network.name}: the last layer must be dense`)
  const changed: Network = { ...network, classes: change.classes, layers: [...network.layers.slice(0, -1), { ...head, units: change.classes }] }
  const fresh = initialWeights(changed, change.seed)
  const grown = Object.fromEntries(weightSpecs(changed).map((spec) => {
    const old = weights[spec.name]
    if (!old) throw new Error(`${network.name}: the weights lack ${spec.name}`)
    return [spec.name, spec.layer === head.name ? keepColumns(old, network.classes, fresh[spec.name]!, change.classes) : old]
  }))
  return { network: changed, weights: grown }
}

/** Copies the columns of the first matrix (or vector: one row) that the second also has. */
function keepColumns(from: Float32Array, fromColumns: number, into: Float32Array, columns: number): Float32Array {
  const rows = from.length / fromColumns
  const kept = into.slice()
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < Math.min(columns, fromColumns); column++) kept[row * columns + column] = from[row * fromColumns + column]!
  }
  return kept
}
