/** A network and its weights as the two files of the TensorFlow.js layers format, which any tfjs loads with
 *  `tf.loadLayersModel`. Pure arithmetic: it opens no file. The model outputs logits; the network itself, as
 *  data, is in `userDefinedMetadata`. */
import { kerasLayers, type LayerEntry } from './keras-layers.ts'
import { INPUT, shapesOf, type Network, type NetworkLayout, type Weights } from '../network/network.ts'
import { isNetwork, isObject } from '../network/stored-network.ts'
import {
  isWeightEntry,
  readWeights,
  storedWeights,
  WEIGHTS_FILE,
  type WeightEntry,
  type WeightPlace,
} from './weights-file.ts'

export function toTfjs(
  layout: NetworkLayout,
  weights: Weights,
): {
  readonly modelJson: string
  readonly weightsBin: Uint8Array
  readonly places: ReadonlyMap<string, WeightPlace>
} {
  const { model, weightsBin, places } = tfjsModel(layout, weights)
  return { modelJson: `${JSON.stringify(model)}\n`, weightsBin, places }
}

/** The same with what model.json holds as an object. */
export function tfjsModel(layout: NetworkLayout, weights: Weights) {
  const { network } = layout
  const layers = kerasLayers(layout)
  const constants = layers.flatMap(({ constant }) => constant ?? [])
  const { entries, weightsBin, places } = storedWeights(layout, weights, constants)
  const model = {
    format: 'layers-model',
    generatedBy: 'darkroom',
    convertedBy: null,
    modelTopology: {
      class_name: 'Model',
      config: topology(network, layers),
      keras_version: '2.x',
      backend: 'tensorflow',
    },
    weightsManifest: [{ paths: [WEIGHTS_FILE], weights: entries }] as const,
    userDefinedMetadata: { darkroom: { network } },
  }
  return { model, weightsBin, places }
}

/** Reads what `toTfjs` wrote; throws with the reason when the files don't fit together. */
export function fromTfjs(
  modelJson: string,
  weightsBin: Uint8Array,
): { readonly network: Network; readonly weights: Weights } {
  const { network, stored } = parsed(modelJson)
  return { network, weights: readWeights(network, { entries: stored, weightsBin }, 'model.json') }
}

function parsed(modelJson: string): { network: Network; stored: readonly WeightEntry[] } {
  const model: unknown = JSON.parse(modelJson)
  const network = memberOf(memberOf(memberOf(model, 'userDefinedMetadata'), 'darkroom'), 'network')
  const stored = memberOf(memberOf(memberOf(model, 'weightsManifest'), 0), 'weights')
  if (!isNetwork(network) || !Array.isArray(stored))
    throw new Error('model.json was not written by Darkroom: it has no network')
  shapesOf(network) // throws when the layers don't fit together
  if (!stored.every(isWeightEntry))
    throw new Error('model.json has weights that are neither float32 nor float16')
  return { network, stored }
}

const memberOf = (value: unknown, name: string | number): unknown =>
  isObject(value) ? value[name] : undefined

function topology(network: Network, layers: readonly LayerEntry[]) {
  const { size, channels } = network.input
  const input = {
    name: INPUT,
    class_name: 'InputLayer',
    config: { batch_input_shape: [null, size, size, channels], dtype: 'float32', sparse: false, name: INPUT },
    inbound_nodes: [],
  }
  const entries = layers.map(({ name, className, config, sources }) => ({
    name,
    class_name: className,
    config: { name, trainable: true, ...config },
    inbound_nodes: [sources.map((one) => [one, 0, 0, {}])],
  }))
  return {
    name: network.name,
    layers: [input, ...entries],
    input_layers: [[INPUT, 0, 0]],
    output_layers: [[network.layers.at(-1)!.name, 0, 0]],
  }
}
