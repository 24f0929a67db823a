/** A network that sees an image twice, whole and its middle, and gives the weighted mean of both features. It is more
 *  accurate where images are few (docs/decisions/0057-features-of-the-middle.md). Nothing is trained here. */
import { branchLayers, branchWeights, scalingWeights, type Branch } from './side-by-side.ts'
import { featureLength, type Layer, type Network, type Weights } from './network.ts'

export type MiddleOptions = {
  /** The share of each side that the middle has. */
  readonly part: number
  /** The factors of the features of each; a last layer standardises their sum. */
  readonly factors: { readonly whole: number; readonly middle: number }
}

/** Both branches have the weights of the network. The upper layers of the whole image are nearest to the last layer. */
export function wholeAndMiddle(
  { network, weights }: { readonly network: Network; readonly weights: Weights },
  { part, factors }: MiddleOptions,
): { readonly network: Network; readonly weights: Weights } {
  const last = network.layers.at(-1)!
  const middle = scaledBranch({ name: 'middle', network, weights, part }, factors.middle)
  const whole = scaledBranch({ name: 'whole', network, weights }, factors.whole)
  return {
    network: {
      ...network,
      layers: [...middle.layers, ...whole.layers, { name: 'sum', kind: 'add', other: middle.last }, last],
    },
    weights: {
      ...middle.weights,
      ...whole.weights,
      ...Object.fromEntries(Object.entries(weights).filter(([name]) => name.startsWith(`${last.name}/`))),
    },
  }
}

function scaledBranch(branch: Branch, factor: number) {
  const { layers, last } = branchLayers(branch, branch.network.input.size)
  const scaled: Layer = { name: `${branch.name}.scaled`, kind: 'batchNorm', from: last }
  const of = (value: number): readonly number[] =>
    Array.from({ length: featureLength(branch.network) }, () => value)
  return {
    layers: [...layers, scaled],
    last: scaled.name,
    weights: {
      ...branchWeights(branch),
      ...scalingWeights(scaled.name, { scale: of(factor), offset: of(0) }),
    },
  }
}

/** Whether a branch of the network sees only the middle of the image. */
export const seesMiddle = ({ layers }: Pick<Network, 'layers'>): boolean =>
  layers.some((layer) => layer.kind === 'resize' && layer.part !== undefined)
