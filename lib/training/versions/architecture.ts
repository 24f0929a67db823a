/** The layers of a version with their shapes and numbers, read from its bundle once: a folder never changes. */
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { shapesOf, sizeOf, weightSpecs, type Network } from '#lib/ml/network/network.ts'

export type LayerRow = {
  readonly layer: string
  readonly output_shape: number[]
  readonly parameters: number
}

const MOST_CACHED = 32
const cache = new Map<string, Promise<readonly LayerRow[]>>()

export function architectureOf(folder: string): Promise<readonly LayerRow[]> {
  const cached = cache.get(folder)
  if (cached) return cached
  const read = readBundle(folder).then(({ network }) => rowsOf(network))
  cache.set(folder, read)
  read.catch(() => cache.delete(folder))
  if (cache.size > MOST_CACHED) cache.delete(cache.keys().next().value!)
  return read
}

export function rowsOf(network: Network): readonly LayerRow[] {
  const shapes = shapesOf(network)
  const specs = weightSpecs(network)
  return network.layers.map((layer) => ({
    layer: `${layer.name} (${layer.kind})`,
    output_shape: [...shapes.get(layer.name)!],
    parameters: specs
      .filter((spec) => spec.layer === layer.name)
      .reduce((sum, spec) => sum + sizeOf(spec.shape), layer.kind === 'graph' ? layer.parameters : 0),
  }))
}
