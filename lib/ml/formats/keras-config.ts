/** The configuration of a Keras model, as stored in a file: its layers and the layer that each one reads.
 *  keras-model.ts interprets the layers. */
import { kerasLayer, type KerasLayer } from '#lib/contracts/model-files.ts'
import { DarkroomError } from '#lib/domain/errors.ts'

/** Not a layer of Keras: the output of a nested model under the name of that model. */
export const NESTED_OUTPUT = 'NestedOutput'

/** The layers of a model, or null for a layer. */
export const innerLayers = ({ config }: KerasLayer): readonly KerasLayer[] | null =>
  Array.isArray(config['layers']) ? config['layers'].map(layerOf) : null

/** Layers in order; nested models are replaced by their layers, whose input is what the nested model reads. */
export function flat(model: KerasLayer): readonly KerasLayer[] {
  const inner = innerLayers(model)
  if (inner === null) return [model]
  return inner.flatMap((layer) => (innerLayers(layer) === null ? [layer] : nested(layer)))
}

function nested(model: KerasLayer): readonly KerasLayer[] {
  const layers = flat(model).map((layer) =>
    layer.class_name === 'InputLayer' && sourcesOf(layer).length === 0
      ? { ...layer, inbound_nodes: model.inbound_nodes }
      : layer,
  )
  const outputs = model.config['output_layers']
  const output: unknown = Array.isArray(outputs) ? outputs.flat(1)[0] : undefined
  return [
    ...layers,
    {
      class_name: NESTED_OUTPUT,
      config: { name: model.config['name'] ?? model.name, ...(typeof output === 'string' && { output }) },
    },
  ]
}

/** Names of the layers that a layer reads, in both notations of Keras; empty in a Sequential, where
 *  each reads the one before. */
export function sourcesOf({ inbound_nodes: nodes }: KerasLayer): readonly string[] {
  if (!Array.isArray(nodes) || nodes.length === 0) return []
  const first: unknown = nodes[0]
  if (Array.isArray(first)) return first.map((node: unknown) => (Array.isArray(node) ? String(node[0]) : ''))
  const names: string[] = []
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(collect)
    if (typeof value !== 'object' || value === null) return
    const history = (value as { config?: { keras_history?: readonly unknown[] } }).config?.keras_history
    if (history) names.push(String(history[0]))
    else Object.values(value).forEach(collect)
  }
  collect((first as { args?: unknown }).args)
  return names
}

/** Refuses a value that is not a layer. */
export function layerOf(value: unknown): KerasLayer {
  const read = kerasLayer.safeParse(value)
  if (!read.success) throw cannotImport('its configuration has a layer without a class or a configuration')
  return read.data
}

export const cannotImport = (why: string): DarkroomError =>
  new DarkroomError('invalid_input', {
    what: 'The model was not imported',
    why,
    remedy:
      'Use a network of Conv2D, DepthwiseConv2D, SeparableConv2D, BatchNormalization, ReLU, pooling, Dense, ' +
      'Flatten, Dropout, Rescaling and Normalization, saved with model.save("model.keras").',
  })
