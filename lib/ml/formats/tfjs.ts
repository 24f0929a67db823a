/** A network and its weights as the two files of the TensorFlow.js layers format, which any tfjs loads with
 *  `tf.loadLayersModel`. Pure arithmetic: it opens no file. The model outputs logits; the network itself, as
 *  data, is in `userDefinedMetadata`. */
import { fromHalfBytes, halfBytes, LARGEST_HALF } from './float16.ts'
import { constantTensors, kerasLayers } from './keras-layers.ts'
import {
  INPUT,
  shapesOf,
  sizeOf,
  sourceOf,
  weightSpecs,
  type Network,
  type Weights,
  type WeightSpec,
} from '../network/network.ts'
import { isNetwork, isObject } from '../network/stored-network.ts'

export const WEIGHTS_FILE = 'weights.bin'

type WeightEntry = {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: 'float32'
  readonly quantization?: { readonly dtype: 'float16'; readonly original_dtype: 'float32' }
}

/** The location of one tensor's values in `weights.bin`. */
export type WeightPlace = { readonly offset: number; readonly bytes: number; readonly isHalf: boolean }

/** Kernels as float16; the short vectors (biases, batch norm), where rounding would cost more than it saves,
 *  as float32. */
export function toTfjs(
  network: Network,
  weights: Weights,
): {
  readonly modelJson: string
  readonly weightsBin: Uint8Array
  readonly places: ReadonlyMap<string, WeightPlace>
} {
  const { model, weightsBin, places } = tfjsModel(network, weights)
  return { modelJson: `${JSON.stringify(model)}\n`, weightsBin, places }
}

/** The same with what model.json holds as an object. */
export function tfjsModel(network: Network, weights: Weights) {
  const places = new Map<string, WeightPlace>()
  let offset = 0
  const stored: WeightEntry[] = []
  const pieces: Uint8Array[] = []
  const append = (
    name: string,
    shape: readonly number[],
    values: Float32Array,
    isHalf: boolean,
  ): Uint8Array => {
    stored.push({
      name,
      shape,
      dtype: 'float32',
      ...(isHalf ? { quantization: { dtype: 'float16', original_dtype: 'float32' } as const } : {}),
    })
    const piece = isHalf ? halfBytes(values) : new Uint8Array(values.slice().buffer)
    pieces.push(piece)
    return piece
  }
  for (const spec of weightSpecs(network)) {
    const values = weights[spec.name]
    if (values?.length !== sizeOf(spec.shape))
      throw new Error(
        `the weights have ${values?.length ?? 0} values for ${spec.name}, the network ` +
          `${sizeOf(spec.shape)}`,
      )
    const isHalf = spec.role === 'kernel' && values.every((value) => Math.abs(value) <= LARGEST_HALF)
    const piece = append(tfjsName(network, spec), spec.shape, values, isHalf)
    places.set(spec.name, { offset, bytes: piece.length, isHalf })
    offset += piece.length
  }
  for (const { name, shape, values } of constantTensors(network)) append(name, shape, values, false)
  const model = {
    format: 'layers-model',
    generatedBy: 'darkroom',
    convertedBy: null,
    modelTopology: {
      class_name: 'Model',
      config: topology(network),
      keras_version: '2.x',
      backend: 'tensorflow',
    },
    weightsManifest: [{ paths: [WEIGHTS_FILE], weights: stored }] as const,
    userDefinedMetadata: { darkroom: { network } },
  }
  return { model, weightsBin: joined(pieces), places }
}

/** Reads what `toTfjs` wrote; throws with the reason when the files don't fit together. */
export function fromTfjs(
  modelJson: string,
  weightsBin: Uint8Array,
): { readonly network: Network; readonly weights: Weights } {
  const { network, stored } = parsed(modelJson)
  const byName = new Map<string, Float32Array>()
  let offset = 0
  for (const { name, shape, quantization } of stored) {
    const length = sizeOf(shape) * (quantization ? 2 : 4)
    // a copy, even of a Buffer, whose own slice is a view
    const bytes = Uint8Array.prototype.slice.call(weightsBin, offset, (offset += length))
    if (bytes.length !== length) throw new Error(`${WEIGHTS_FILE} ends within ${name}`)
    byName.set(name, quantization ? fromHalfBytes(bytes) : new Float32Array(bytes.buffer))
  }
  if (offset !== weightsBin.length)
    throw new Error(`${WEIGHTS_FILE} is ${weightsBin.length - offset} bytes longer than model.json says`)
  const weights = Object.fromEntries(
    weightSpecs(network).map((spec) => {
      const values = byName.get(tfjsName(network, spec))
      if (values?.length !== sizeOf(spec.shape))
        throw new Error(`model.json has no ${spec.name} of shape [${spec.shape.join(', ')}]`)
      return [spec.name, values]
    }),
  )
  return { network, weights }
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

function isWeightEntry(value: unknown): value is WeightEntry {
  if (!isObject(value)) return false
  const { name, shape, dtype, quantization } = value
  return (
    typeof name === 'string' &&
    Array.isArray(shape) &&
    shape.every((length) => typeof length === 'number') &&
    dtype === 'float32' &&
    (quantization === undefined || memberOf(quantization, 'dtype') === 'float16')
  )
}

const TFJS_ROLE: Readonly<Record<WeightSpec['role'], string>> = {
  kernel: 'kernel',
  bias: 'bias',
  gamma: 'gamma',
  beta: 'beta',
  mean: 'moving_mean',
  variance: 'moving_variance',
}

function tfjsName(network: Network, spec: WeightSpec): string {
  const isDepthwise = network.layers.find((layer) => layer.name === spec.layer)?.kind === 'depthwise'
  return `${spec.layer}/${isDepthwise && spec.role === 'kernel' ? 'depthwise_kernel' : TFJS_ROLE[spec.role]}`
}

function topology(network: Network) {
  const { size, channels } = network.input
  const input = {
    name: INPUT,
    class_name: 'InputLayer',
    config: { batch_input_shape: [null, size, size, channels], dtype: 'float32', sparse: false, name: INPUT },
    inbound_nodes: [],
  }
  const shapes = shapesOf(network)
  const layers = network.layers.flatMap((layer, index) => {
    const source = sourceOf(network, index)
    return kerasLayers(layer, source, shapes).map(({ name, className, config, sources }) => ({
      name,
      class_name: className,
      config: { name, trainable: true, ...config },
      inbound_nodes: [sources.map((one) => [one, 0, 0, {}])],
    }))
  })
  return {
    name: network.name,
    layers: [input, ...layers],
    input_layers: [[INPUT, 0, 0]],
    output_layers: [[network.layers.at(-1)!.name, 0, 0]],
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let offset = 0
  for (const piece of pieces) {
    whole.set(piece, offset)
    offset += piece.length
  }
  return whole
}
