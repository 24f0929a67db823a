/** Reads a Keras model in the `.keras` format of Keras 3 (a ZIP of config.json and model.weights.h5, already unpacked)
 *  as a Darkroom network. */
import { File } from 'jsfive'
import type { KerasLayer } from '#lib/contracts/model-files.ts'
import { isDarkroomError, messageOf } from '#lib/domain/errors.ts'
import { cannotImport, innerLayers, layerOf } from './keras-config.ts'
import { fromKeras, type KerasModel } from './keras-model.ts'

export const KERAS_CONFIG = 'config.json'
export const KERAS_WEIGHTS = 'model.weights.h5'

export function fromKerasZip(configJson: string, weightsH5: Uint8Array): KerasModel {
  try {
    const model = layerOf(JSON.parse(configJson))
    const file = new File(Uint8Array.from(weightsH5).buffer, KERAS_WEIGHTS)
    const places = placesIn(model, '')
    return fromKeras(model, (layer, tensor) => {
      const place = places.get(layer)
      const index = place?.tensors.indexOf(tensor) ?? -1
      const values = index < 0 ? undefined : file.get(`${place!.path}/vars/${index}`)?.value
      return values && Float32Array.from(values)
    })
  } catch (cause) {
    if (isDarkroomError(cause)) throw cause
    throw cannotImport(`the file cannot be read completely: ${messageOf(cause)}`)
  }
}

type WeightPlaces = ReadonlyMap<string, { readonly path: string; readonly tensors: readonly string[] }>

/** As the saving library of Keras 3 does: a group for each layer, named by its class and counted, not by its own
 *  name. */
function placesIn(model: KerasLayer, above: string): WeightPlaces {
  const places = new Map<string, { path: string; tensors: readonly string[] }>()
  const counts = new Map<string, number>()
  for (const layer of innerLayers(model) ?? []) {
    const group = snakeCase(layer.class_name)
    const count = counts.get(group) ?? 0
    counts.set(group, count + 1)
    const path = `${above}layers/${group}${count === 0 ? '' : `_${count}`}`
    if (innerLayers(layer) === null)
      places.set(String(layer.config['name'] ?? layer.name), { path, tensors: tensorsOf(layer) })
    else for (const [name, place] of placesIn(layer, `${path}/`)) places.set(name, place)
  }
  return places
}

const snakeCase = (name: string): string =>
  name
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()

/** The tensors of a layer in the order in which Keras creates and stores them. */
function tensorsOf({ class_name: kind, config }: KerasLayer): readonly string[] {
  const bias = config['use_bias'] === false ? [] : ['bias']
  switch (kind) {
    case 'BatchNormalization':
      return [
        ...(config['scale'] === false ? [] : ['gamma']),
        ...(config['center'] === false ? [] : ['beta']),
        'moving_mean',
        'moving_variance',
      ]
    case 'SeparableConv2D':
      return ['depthwise_kernel', 'pointwise_kernel', ...bias]
    case 'Normalization':
      return ['mean', 'variance', 'count']
    default:
      return ['kernel', ...bias]
  }
}
