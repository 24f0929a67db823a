/** Folding: a batch norm after a convolution or dense layer becomes part of its weights, so that inference costs
 *  less and rounds once; also through a max pool, when no scale is negative. The folded network gives the same
 *  outputs and cannot be trained. */
import { EPSILON } from './kernels.ts'
import type { Layer, Network, NetworkLayout, Weights } from './network.ts'

type WithKernel = Extract<Layer, { kind: 'conv' | 'depthwise' | 'dense' }>

export type FoldedNetwork = {
  readonly network: Network
  readonly weights: Weights
  /** By layer: the factor by which each output channel of its kernel was multiplied. */
  readonly scales: Readonly<Record<string, Float32Array>>
}

export function foldBatchNorm(
  { network, sources }: Pick<NetworkLayout, 'network' | 'sources'>,
  weights: Weights,
): FoldedNetwork {
  const readers = new Map<string, number>()
  for (const source of sources.flat()) readers.set(source, (readers.get(source) ?? 0) + 1)
  const layers: Layer[] = []
  const folded: Record<string, Float32Array> = { ...weights }
  const scales: Record<string, Float32Array> = {}
  const replacedBy = new Map<string, string>()
  const current = (name: string): string => replacedBy.get(name) ?? name
  /** The layer of that name when it has only one reader. */
  const readOnce = (name: string): Layer | undefined =>
    readers.get(name) === 1 ? layers.find((layer) => layer.name === current(name)) : undefined
  network.layers.forEach((layer, index) => {
    const [read] = sources[index]!
    const source = current(read)
    const before = layer.kind === 'batchNorm' ? readOnce(read) : undefined
    const behind =
      before?.kind === 'maxPool'
        ? readOnce(sources[network.layers.findIndex(({ name }) => name === before.name)]![0])
        : before
    if (behind && hasKernel(behind)) {
      const { scale, weights: foldedTensors } = foldedWeights(behind, layer.name, folded)
      if (before === behind || scale.every((s) => s > 0)) {
        Object.assign(folded, foldedTensors)
        scales[behind.name] = scales[behind.name]?.map((s, c) => s * scale[c]!) ?? scale
        layers[layers.indexOf(behind)] = { ...behind, bias: true }
        replacedBy.set(layer.name, source)
        return
      }
    }
    layers.push(
      'other' in layer ? { ...layer, from: source, other: current(layer.other) } : { ...layer, from: source },
    )
  })
  return { network: { ...network, layers }, weights: folded, scales }
}

const hasKernel = (layer: Layer): layer is WithKernel =>
  layer.kind === 'conv' || layer.kind === 'depthwise' || layer.kind === 'dense'

/** kernel × s and (bias − mean) s + β with s = γ / √(variance + ε), per output channel. */
function foldedWeights(
  layer: WithKernel,
  norm: string,
  weights: Weights,
): { scale: Float32Array; weights: Weights } {
  const of = (name: string): Float32Array => {
    const values = weights[name]
    if (!values) throw new Error(`the weights lack ${name}`)
    return values
  }
  const scale = of(`${norm}/gamma`).map((gamma, c) => gamma / Math.sqrt(of(`${norm}/variance`)[c]! + EPSILON))
  const bias = scale.map(
    (s, c) =>
      ((layer.bias ? of(`${layer.name}/bias`)[c]! : 0) - of(`${norm}/mean`)[c]!) * s + of(`${norm}/beta`)[c]!,
  )
  const kernel = of(`${layer.name}/kernel`).map((w, i) => w * scale[i % scale.length]!)
  return { scale, weights: { [`${layer.name}/kernel`]: kernel, [`${layer.name}/bias`]: bias } }
}
