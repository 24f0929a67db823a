/** Two networks as one that gives the features of both: an image of the larger size enters, the network of the
 *  smaller size gets it made smaller, and a last layer stands on all features. Nothing is trained here. */
import { EPSILON } from './kernels.ts'
import {
  featureLength,
  INPUT,
  otherOf,
  sizeOf,
  weightSpecs,
  type Layer,
  type Network,
  type Weights,
} from './network.ts'

export type Branch = {
  /** Of the layers: `<name>.<layer>`. */
  readonly name: string
  readonly network: Network
  readonly weights: Weights
  /** The share of each side that this network sees, of the middle; absent: the whole image. */
  readonly part?: number
  /** What this network takes for each channel is scale · x + offset, with x as the whole takes it. Absent: x itself. */
  readonly pixels?: { readonly scale: readonly number[]; readonly offset: readonly number[] }
}

/** The layer that turns the pixels of the whole into those of a branch. */
const PIXELS = 'pixels'

/** The whole takes pixels of one normalisation. The upper layers of `second` are nearest to the last layer, which
 *  is zero.
 *  @throws Error where one takes colour and the other grey images. */
export function sideBySide(
  name: string,
  [first, second]: readonly [Branch, Branch],
  outputs: number,
): { readonly network: Network; readonly weights: Weights } {
  const { channels } = first.network.input
  if (second.network.input.channels !== channels)
    throw new Error(`${first.name} and ${second.name} take images of different kinds`)
  const size = Math.max(first.network.input.size, second.network.input.size)
  const [left, right] = [branchLayers(first, size), branchLayers(second, size)]
  const network: Network = {
    name,
    input: { size, channels },
    classes: outputs,
    layers: [
      ...left.layers,
      ...right.layers,
      { name: 'features', kind: 'concat', from: left.last, other: right.last },
      { name: 'logits', kind: 'dense', units: outputs, bias: true },
    ],
  }
  const head = (featureLength(first.network) + featureLength(second.network)) * outputs
  return {
    network,
    weights: {
      ...branchWeights(first),
      ...branchWeights(second),
      'logits/kernel': new Float32Array(head),
      'logits/bias': new Float32Array(outputs),
    },
  }
}

/** All layers but the last, under names of the branch, behind those that prepare its image. */
export function branchLayers(
  { name: branch, network, pixels, part }: Branch,
  size: number,
): { readonly layers: readonly Layer[]; readonly last: string } {
  const preparing: Layer[] = []
  const image = (): string => preparing.at(-1)?.name ?? INPUT
  const resized = { kind: 'resize', size: network.input.size, from: INPUT } as const
  if (part !== undefined) preparing.push({ name: `${branch}.part`, ...resized, part })
  else if (network.input.size < size) preparing.push({ name: `${branch}.smaller`, ...resized })
  if (pixels) preparing.push({ name: `${branch}.${PIXELS}`, kind: 'batchNorm', from: image() })
  const named = (name: string): string => (name === INPUT ? image() : `${branch}.${name}`)
  const layers = network.layers.slice(0, -1).map((layer, index): Layer => {
    const from = layer.from ?? (index === 0 ? INPUT : undefined)
    const other = otherOf(layer)
    return {
      ...layer,
      name: named(layer.name),
      ...(from === undefined ? {} : { from: named(from) }),
      ...(other === null ? {} : { other: named(other) }),
    }
  })
  return {
    layers: [...preparing, ...layers],
    last: named(network.layers.at(-1)!.from ?? network.layers.at(-2)!.name),
  }
}

export function branchWeights({ name: branch, network, weights, pixels }: Branch): Weights {
  const last = network.layers.at(-1)!.name
  const own = Object.fromEntries(
    weightSpecs(network)
      .filter(({ layer }) => layer !== last)
      .map(({ name, shape }) => {
        const values = weights[name]
        if (values?.length !== sizeOf(shape)) throw new Error(`${branch}: the weights lack ${name}`)
        return [`${branch}.${name}`, values]
      }),
  )
  return pixels ? { ...own, ...scalingWeights(`${branch}.${PIXELS}`, pixels) } : own
}

/** Of a batch norm that has seen a mean of 0 and a variance of 1. */
export function scalingWeights(layer: string, { scale, offset }: NonNullable<Branch['pixels']>): Weights {
  return {
    [`${layer}/gamma`]: Float32Array.from(scale, (factor) => factor * Math.sqrt(1 + EPSILON)),
    [`${layer}/beta`]: Float32Array.from(offset),
    [`${layer}/mean`]: new Float32Array(scale.length),
    [`${layer}/variance`]: new Float32Array(scale.length).fill(1),
  }
}
