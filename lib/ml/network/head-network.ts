/** Replaces the last layer of a network: how a head that was trained alone becomes part of a complete network,
 *  and how it is taken out. It trains nothing; `head.ts` does. */
import { featureLength, type Layer, type Network, type Weights } from './network.ts'
import type { Head } from '../learn/softmax-regression.ts'

/** The last layer of a network as a head. */
export function headIn(network: Network, weights: Weights): Head {
  const { name } = lastOf(network)
  return {
    kernel: weights[`${name}/kernel`]!,
    bias: weights[`${name}/bias`] ?? new Float32Array(network.classes),
  }
}

/** All layers except the last, then this head. */
export function withHead(
  network: Network,
  weights: Weights,
  { kernel, bias }: Head,
): { readonly network: Network; readonly weights: Weights } {
  const { name } = lastOf(network)
  const classes = bias.length
  if (kernel.length !== featureLength(network) * classes)
    throw new Error(
      `${network.name}: a head of ${kernel.length} values does not fit ${featureLength(network)} ` +
        `features and ${classes} classes`,
    )
  const last: Layer = { ...lastOf(network), kind: 'dense', units: classes, bias: true }
  return {
    network: { ...network, classes, layers: [...network.layers.slice(0, -1), last] },
    weights: { ...weights, [`${name}/kernel`]: kernel, [`${name}/bias`]: bias },
  }
}

/** The layers that compute the features: all weights but those of the last layer, in the order of their names. */
export function backboneWeights(network: Network, weights: Weights): readonly Float32Array[] {
  const { name } = lastOf(network)
  return Object.keys(weights)
    .filter((key) => !key.startsWith(`${name}/`))
    .sort()
    .map((key) => weights[key]!)
}

/** All layers but the last, without the place of a file: it is the same network wherever its file is. */
export const backboneLayers = ({ layers }: Network): readonly Layer[] =>
  layers.slice(0, -1).map((layer) => (layer.kind === 'graph' ? { ...layer, file: '' } : layer))

function lastOf(network: Network): Extract<Layer, { kind: 'dense' }> {
  const last = network.layers.at(-1)
  if (last?.kind !== 'dense') throw new Error(`${network.name}: the last layer must be dense`)
  return last
}
