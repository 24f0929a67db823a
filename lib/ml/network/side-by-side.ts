/** Two networks as one that gives the features of both: an image of the larger size enters, the network of the
 *  smaller size gets it made smaller, and a last layer stands on all features. Nothing is trained here. */
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
}

/** Both networks take pixels of the same normalisation. The upper layers of `second` are nearest to the last
 *  layer, which is zero.
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

/** All layers but the last, under names of the branch. */
function branchLayers(
  { name: branch, network }: Branch,
  size: number,
): { readonly layers: readonly Layer[]; readonly last: string } {
  const isSmaller = network.input.size < size
  const smaller = `${branch}.smaller`
  const input = isSmaller ? smaller : INPUT
  const named = (name: string): string => (name === INPUT ? input : `${branch}.${name}`)
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
  const resized: Layer = { name: smaller, kind: 'resize', size: network.input.size, from: INPUT }
  return {
    layers: isSmaller ? [resized, ...layers] : layers,
    last: named(network.layers.at(-1)!.from ?? network.layers.at(-2)!.name),
  }
}

function branchWeights({ name: branch, network, weights }: Branch): Weights {
  const last = network.layers.at(-1)!.name
  return Object.fromEntries(
    weightSpecs(network)
      .filter(({ layer }) => layer !== last)
      .map(({ name, shape }) => {
        const values = weights[name]
        if (values?.length !== sizeOf(shape)) throw new Error(`${branch}: the weights lack ${name}`)
        return [`${branch}.${name}`, values]
      }),
  )
}
