/** The layers of a version with their shapes and numbers, read from its bundle once: a folder never changes. */
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { shapesOf, sizeOf, weightSpecs, type Network } from '#lib/ml/network/network.ts'

export type LayerRow = {
  readonly layer: string
  readonly output_shape: number[]
  readonly parameters: number
}

const MOST_KEPT = 32
const kept = new Map<string, Promise<readonly LayerRow[]>>()

export function architectureOf(folder: string): Promise<readonly LayerRow[]> {
  const known = kept.get(folder)
  if (known) return known
  const read = readBundle(folder).then(({ network }) => rowsOf(network))
  kept.set(folder, read)
  read.catch(() => kept.delete(folder))
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!)
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
      .reduce((sum, spec) => sum + sizeOf(spec.shape), 0),
  }))
}
