/** The configuration of a Keras model, as stored in a file: its layers and the layer that each one reads.
 *  keras-model.ts interprets the layers. */
import { kerasLayer, type KerasLayer } from '#lib/contracts/model-files.ts'
import { DarkroomError } from '#lib/domain/errors.ts'

/** Layers in order; nested models are replaced by their layers. */
export function flat(model: KerasLayer): readonly KerasLayer[] {
  const inner = model.config['layers']
  if (!Array.isArray(inner)) return [model]
  return inner
    .map(layerOf)
    .flatMap((layer) => (Array.isArray(layer.config['layers']) ? flat(layer) : [layer]))
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
      'Use a network of Conv2D, DepthwiseConv2D, BatchNormalization, ReLU, pooling, Dense, ' +
      'Flatten, Dropout and Rescaling, saved with model.save("model.h5").',
  })
