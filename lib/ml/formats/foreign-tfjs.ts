/** Reads a third-party model in the layers format of TensorFlow.js (model.json and one weights file), such as
 *  MobileNetV2, as a Darkroom network. Darkroom's own files need no translation; `tfjs.ts` reads them. */
import { fromHalfBytes } from './float16.ts'
import { layersModel, type StoredTensor } from '#lib/contracts/model-files.ts'
import { cannotImport } from './keras-config.ts'
import { fromKeras, type KerasModel } from './keras-model.ts'
import { sizeOf } from '../network/network.ts'

export function fromForeignTfjs(
  modelJson: string,
  weightsBin: Uint8Array,
  how: { readonly size?: number } = {},
): KerasModel {
  const model = layersModel.safeParse(JSON.parse(modelJson))
  if (!model.success) throw cannotImport('model.json is not in the layers format')
  const { modelTopology, weightsManifest } = model.data
  const topology = 'model_config' in modelTopology ? modelTopology.model_config : modelTopology
  const stored = weightsManifest.flatMap((group) => group.weights)
  const tensors = new Map<string, Float32Array>()
  let offset = 0
  for (const tensor of stored) {
    const { values, bytes } = valuesOf(tensor, weightsBin, offset)
    tensors.set(tensor.name, values)
    offset += bytes
  }
  return fromKeras(topology, (layer, tensor) => tensors.get(`${layer}/${tensor}`), how)
}

/** The numbers as float32: 8-bit ones are number × scale + min. */
function valuesOf(
  { name, shape, dtype, quantization }: StoredTensor,
  bin: Uint8Array,
  offset: number,
): { values: Float32Array; bytes: number } {
  const count = sizeOf(shape)
  const cut = (bytes: number): Uint8Array => {
    if (offset + bytes > bin.length) throw cannotImport(`its weights end within ${name}`)
    // a copy, even of a Buffer, whose own slice is a view
    return Uint8Array.prototype.slice.call(bin, offset, offset + bytes)
  }
  if (dtype !== 'float32') throw cannotImport(`${name} has values of the type ${dtype}`)
  if (!quantization) return { values: new Float32Array(cut(count * 4).buffer), bytes: count * 4 }
  switch (quantization.dtype) {
    case 'float16':
      return { values: fromHalfBytes(cut(count * 2)), bytes: count * 2 }
    case 'uint8': {
      const { scale = 1, min = 0 } = quantization
      return { values: Float32Array.from(cut(count), (value) => value * scale + min), bytes: count }
    }
    case 'uint16': {
      const { scale = 1, min = 0 } = quantization
      const numbers = new Uint16Array(cut(count * 2).buffer)
      return { values: Float32Array.from(numbers, (value) => value * scale + min), bytes: count * 2 }
    }
    default:
      throw cannotImport(`${name} is stored as ${quantization.dtype}`)
  }
}
