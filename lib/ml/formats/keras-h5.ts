/** Reads a Keras model in one `.h5` file (written by `model.save("model.h5")`, Keras 2 and 3) as a Darkroom
 *  network. jsfive reads the container: HDF5 has seventeen kinds of messages, B-trees and heaps, far too much
 *  for fifty lines. */
import { File, type H5Node } from 'jsfive'
import { isDarkroomError, messageOf } from '#lib/domain/errors.ts'
import type { KerasLayer } from '#lib/contracts/model-files.ts'
import { cannotImport, layerOf } from './keras-config.ts'
import { fromKeras, type KerasModel, type KerasWeights } from './keras-model.ts'

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]

export const isHdf5 = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte)

export function fromKerasH5(bytes: Uint8Array): KerasModel {
  if (!isHdf5(bytes)) throw cannotImport('the file is not an HDF5 file, the format of Keras .h5 files')
  try {
    const file = new File(Uint8Array.from(bytes).buffer, 'model.h5')
    return fromKeras(configOf(file), weightsOf(file))
  } catch (cause) {
    if (isDarkroomError(cause)) throw cause
    throw cannotImport(`the file cannot be read completely: ${messageOf(cause)}`)
  }
}

function configOf(file: File): KerasLayer {
  const text = file.attrs['model_config']
  if (typeof text !== 'string')
    throw cannotImport(
      'the file has weights without a model (save_weights); the whole model is needed (model.save)',
    )
  return layerOf(JSON.parse(text))
}

/** Keras stores, for each layer, the paths of its tensors; the last part of a path is the tensor's name, in
 *  Keras 2 with the suffix ":0". */
function weightsOf(file: File): KerasWeights {
  const find = (
    group: H5Node | null,
    isMeant: (path: readonly string[]) => boolean,
  ): Float32Array | undefined => {
    const names = group?.attrs['weight_names']
    if (!group?.get || !Array.isArray(names)) return undefined
    const path = names.map(String).find((name) => isMeant(name.split(':')[0]!.split('/')))
    const values = path === undefined ? undefined : group.get(path)?.value
    return values && Float32Array.from(values)
  }
  const groups = file.get('model_weights')?.keys ?? []
  return (layer, tensor) => {
    if (groups.includes(layer))
      return find(file.get(`model_weights/${layer}`), (path) => path.at(-1) === tensor)
    // a nested model has one group with the tensors of all its layers
    for (const name of groups) {
      const inner = find(
        file.get(`model_weights/${name}`),
        (path) => path.at(-1) === tensor && path.at(-2) === layer,
      )
      if (inner !== undefined) return inner
    }
    return undefined
  }
}
