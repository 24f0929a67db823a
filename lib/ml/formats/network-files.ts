/** The files of a bundle that hold its network. Format 1: `model.json` and `weights.bin` in the layers format of
 *  TensorFlow.js. Format 2, for a network whose first layer is another program's ONNX file: that file byte for byte,
 *  `network.json`, and `weights.bin` with the last layer; there is no `model.json`, because the layers format cannot
 *  express it (docs/decisions/0028). `model.onnx`, in both, runs the whole. */
import { BUNDLE_FORMATS } from '#lib/contracts/bundle.ts'
import { layoutOf, type GraphFile, type Network, type Weights } from '../network/network.ts'
import { onnxFile } from '../onnx/onnx-file.ts'
import { fromNetworkJson, toNetworkJson } from './network-json.ts'
import { fromTfjs, toTfjs } from './tfjs.ts'
import { WEIGHTS_FILE } from './weights-file.ts'

type NetworkWithWeights = { readonly network: Network; readonly weights: Weights }

export type NetworkFiles = {
  readonly format: (typeof BUNDLE_FORMATS)[number]
  readonly files: Readonly<Record<string, Uint8Array>>
  /** The file of another program, under `BACKBONE_FILE`; null: there is none. */
  readonly graph: GraphFile | null
}

export function networkFiles({ network, weights }: NetworkWithWeights): NetworkFiles {
  const layout = layoutOf(network)
  const { graph } = layout
  const stored = graph ? toNetworkJson(layout, weights) : toTfjs(layout, weights)
  return {
    format: BUNDLE_FORMATS[graph ? 1 : 0],
    graph,
    files: {
      ...('modelJson' in stored
        ? { 'model.json': Buffer.from(stored.modelJson) }
        : { 'network.json': Buffer.from(stored.networkJson) }),
      [WEIGHTS_FILE]: stored.weightsBin,
      'model.onnx': onnxFile(layout, weights, stored.places),
    },
  }
}

/** The network as it will be read again, its kernels rounded to float16, and the bytes of all its weights. */
export function asStored({ network, weights }: NetworkWithWeights): NetworkWithWeights & {
  readonly weightBytes: number
} {
  const layout = layoutOf(network)
  if (!layout.graph) {
    const { modelJson, weightsBin } = toTfjs(layout, weights)
    return { ...fromTfjs(modelJson, weightsBin), weightBytes: weightsBin.length }
  }
  const { networkJson, weightsBin } = toNetworkJson(layout, weights)
  const read = fromNetworkJson(networkJson, weightsBin, '')
  return { network, weights: read.weights, weightBytes: weightsBin.length + layout.graph.bytes }
}
