/** Which values of a network become 8-bit numbers, read from its layers alone: feature maps between convolutions, and
 *  the vectors of a flattened map. The kernel that reads the pixels, and what follows a global average
 *  (squeeze-and-excitation, the features, the last layer), stay float32: they cost little and decide much. */
import { graphOf, INPUT, type Layer, type Network, type NetworkLayout } from '../network/network.ts'

export type QuantisedValue = {
  /** The layer whose output becomes 8-bit numbers, or `INPUT`. */
  readonly layer: string
  /** The layer whose output has the range: an activation that is only a limit is done by the limits of the 8-bit
   *  numbers. */
  readonly measured: string
}

type QuantisedNetwork = {
  readonly values: readonly QuantisedValue[]
  /** Layers that do nothing more, because the 8-bit numbers before them have their limits. */
  readonly absorbed: ReadonlySet<string>
  /** Layers whose kernel becomes int8. */
  readonly kernels: ReadonlySet<string>
}

/** Why a network stays float32, as half a sentence; null: it can be quantised. */
export function float32Reason(network: Network): string | null {
  if (graphOf(network)) return 'its layers are in an ONNX file, which is run unchanged'
  // MobileNetV3-Small takes 1.3 to 1.4 times as long, and its features are off by half (2026-11, docs/performance.md)
  if (network.layers.some(({ kind }) => kind === 'hardSwish'))
    return 'networks with hard-swish are slower with 8-bit numbers'
  return null
}

/** How the convolution that reads the pixels is computed. Its kernel is small, and pixels are never negative, so that
 *  its rounding does not average out: of a network of 849,066 parameters, 98.4 % of 2,000 images got the same class as
 *  with float32 while it was int8, and 99.6 % get it since it is float32, in the same time (2026-11-30). Versions that
 *  were sealed before have a range for the pixels. */
export type FirstKernel = 'float32' | 'int8'

/** @param layout of the network with batch norm folded */
export function quantisedValues(
  { network, sources }: Pick<NetworkLayout, 'network' | 'sources'>,
  firstKernel: FirstKernel = 'float32',
): QuantisedNetwork {
  const readers = new Map<string, Layer[]>()
  network.layers.forEach((layer, index) => {
    for (const name of sources[index]!) readers.set(name, [...(readers.get(name) ?? []), layer])
  })
  const onlyReader = (name: string): Layer | null => {
    const all = readers.get(name) ?? []
    return all.length === 1 ? all[0]! : null
  }
  const isInputQuantised = firstKernel === 'int8'
  const values: QuantisedValue[] = isInputQuantised ? [{ layer: INPUT, measured: INPUT }] : []
  const absorbed = new Set<string>()
  const kernels = new Set<string>()
  const isQuantised = new Set(values.map(({ layer }) => layer))
  network.layers.forEach((layer, index) => {
    const [source] = sources[index]!
    if (absorbed.has(layer.name)) {
      isQuantised.add(layer.name)
      return
    }
    const isFirst = source === INPUT && !isInputQuantised && 'kernel' in layer
    const kind = kindOf(layer, isFirst || isQuantised.has(source), index === network.layers.length - 1)
    if (kind === 'float') return
    isQuantised.add(layer.name)
    if (kind === 'passes') return // it keeps scale and zero point of what it reads
    if (!isFirst && ('kernel' in layer || layer.kind === 'dense')) kernels.add(layer.name)
    values.push({ layer: layer.name, measured: limitAfter(layer.name) })
  })
  return { values, absorbed, kernels }

  /** The relu after this layer, also behind a max pool, where nothing else reads what is between; else the layer. */
  function limitAfter(name: string): string {
    let next = onlyReader(name)
    while (next?.kind === 'maxPool') next = onlyReader(next.name)
    if (next?.kind !== 'relu') return name
    absorbed.add(next.name)
    return next.name
  }
}

type Kind = 'own' | 'passes' | 'float'

function kindOf(layer: Layer, readsQuantised: boolean, isLast: boolean): Kind {
  if (!readsQuantised || isLast) return 'float'
  switch (layer.kind) {
    case 'maxPool':
    case 'flatten':
    case 'dropout':
      return 'passes'
    case 'globalAvgPool':
    case 'hardSigmoid':
    case 'concat':
    case 'graph':
      return 'float'
    default:
      return 'own'
  }
}
