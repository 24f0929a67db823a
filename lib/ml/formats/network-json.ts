/** `network.json` and `weights.bin`: a network whose first layer is another program's ONNX file, and back. The file
 *  itself, byte for byte, lies next to them. */
import { basename, join } from 'node:path'
import { shapesOf, type Network, type NetworkLayout, type Weights } from '../network/network.ts'
import { isNetwork, isObject } from '../network/stored-network.ts'
import { BACKBONE_FILE } from '../onnx/foreign-graph.ts'
import { isWeightEntry, readWeights, storedWeights } from './weights-file.ts'

export function toNetworkJson(layout: NetworkLayout, weights: Weights) {
  const { network } = layout
  const layers = network.layers.map((layer) =>
    layer.kind === 'graph' ? { ...layer, file: BACKBONE_FILE } : layer,
  )
  const { entries, weightsBin, places } = storedWeights(layout, weights)
  const networkJson = `${JSON.stringify({ network: { ...network, layers }, weights: entries }, null, 1)}\n`
  return { networkJson, weightsBin, places }
}

/** @param folder of the bundle
 *  @throws Error with the reason when the files don't fit together */
export function fromNetworkJson(
  networkJson: string,
  weightsBin: Uint8Array,
  folder: string,
): { readonly network: Network; readonly weights: Weights } {
  const stored: unknown = JSON.parse(networkJson)
  if (!isObject(stored) || !isNetwork(stored['network']) || !Array.isArray(stored['weights']))
    throw new Error('network.json has no network')
  const entries: readonly unknown[] = stored['weights']
  if (!entries.every(isWeightEntry))
    throw new Error('network.json has weights that are neither float32 nor float16')
  const { network } = stored
  const layers = network.layers.map((layer) => {
    if (layer.kind !== 'graph') return layer
    if (layer.file !== basename(layer.file)) throw new Error(`network.json names the file ${layer.file}`)
    return { ...layer, file: join(folder, layer.file) }
  })
  const found = { ...network, layers }
  shapesOf(found) // throws when the layers don't fit together
  return { network: found, weights: readWeights(found, { entries, weightsBin }, 'network.json') }
}
