/** The files of a bundle that hold its network. Format 1: `model.json` and `weights.bin` in the layers format of
 *  TensorFlow.js. Format 2, for a network whose first layer is another program's ONNX file: that file byte for byte,
 *  `network.json`, and `weights.bin` with the last layer; there is no `model.json`, because the layers format cannot
 *  express it (docs/decisions/0028). `model.onnx`, in both, runs the whole. */
import { basename, join } from 'node:path'
import { BUNDLE_FORMATS } from '#lib/contracts/bundle.ts'
import { graphOf, shapesOf, type GraphFile, type Network, type Weights } from '../network/network.ts'
import { isNetwork, isObject } from '../network/stored-network.ts'
import { BACKBONE_FILE } from '../onnx/foreign-graph.ts'
import { onnxFile } from '../onnx/onnx-file.ts'
import { fromTfjs, toTfjs } from './tfjs.ts'
import { isWeightEntry, readWeights, storedWeights, WEIGHTS_FILE } from './weights-file.ts'

type NetworkWithWeights = { readonly network: Network; readonly weights: Weights }

export type NetworkFiles = {
  readonly format: (typeof BUNDLE_FORMATS)[number]
  readonly files: Readonly<Record<string, Uint8Array>>
  /** The file of another program, under `BACKBONE_FILE`; null: there is none. */
  readonly graph: GraphFile | null
}

export function networkFiles({ network, weights }: NetworkWithWeights): NetworkFiles {
  const graph = graphOf(network)
  const stored = graph ? toNetworkJson(network, weights) : toTfjs(network, weights)
  return {
    format: BUNDLE_FORMATS[graph ? 1 : 0],
    graph,
    files: {
      ...('modelJson' in stored
        ? { 'model.json': Buffer.from(stored.modelJson) }
        : { 'network.json': Buffer.from(stored.networkJson) }),
      [WEIGHTS_FILE]: stored.weightsBin,
      'model.onnx': onnxFile({ network, weights }, stored.places),
    },
  }
}

/** The network as it will be read again, its kernels rounded to float16, and the bytes of all its weights. */
export function asStored({ network, weights }: NetworkWithWeights): NetworkWithWeights & {
  readonly weightBytes: number
} {
  const graph = graphOf(network)
  if (!graph) {
    const { modelJson, weightsBin } = toTfjs(network, weights)
    return { ...fromTfjs(modelJson, weightsBin), weightBytes: weightsBin.length }
  }
  const { networkJson, weightsBin } = toNetworkJson(network, weights)
  const read = fromNetworkJson(networkJson, weightsBin, '')
  return { network, weights: read.weights, weightBytes: weightsBin.length + graph.bytes }
}

function toNetworkJson(network: Network, weights: Weights) {
  const layers = network.layers.map((layer) =>
    layer.kind === 'graph' ? { ...layer, file: BACKBONE_FILE } : layer,
  )
  const { entries, weightsBin, places } = storedWeights(network, weights)
  const networkJson = `${JSON.stringify({ network: { ...network, layers }, weights: entries }, null, 1)}\n`
  return { networkJson, weightsBin, places }
}

/** @param folder of the bundle
 *  @throws Error with the reason when the files don't fit together */
export function fromNetworkJson(
  networkJson: string,
  weightsBin: Uint8Array,
  folder: string,
): NetworkWithWeights {
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
