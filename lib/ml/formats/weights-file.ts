/** Weights as the one binary file next to the description of a network, and back. Kernels are float16; the short
 *  vectors (biases, batch norm), where rounding would cost more than it saves, are float32. */
import {
  sizeOf,
  weightSpecs,
  type Network,
  type NetworkLayout,
  type Weights,
  type WeightSpec,
} from '../network/network.ts'
import { isObject } from '../network/stored-network.ts'
import { fromHalfBytes, halfBytes, LARGEST_HALF } from './float16.ts'

export const WEIGHTS_FILE = 'weights.bin'

/** As a `weightsManifest` of TensorFlow.js lists it. */
export type WeightEntry = {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: 'float32'
  readonly quantization?: { readonly dtype: 'float16'; readonly original_dtype: 'float32' }
}

/** The location of one tensor's values in `weights.bin`. */
export type WeightPlace = { readonly offset: number; readonly bytes: number; readonly isHalf: boolean }

/** A tensor that the network does not count as a weight. */
export type Constant = {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
}

export function storedWeights(
  { network, specs }: NetworkLayout,
  weights: Weights,
  constants: readonly Constant[] = [],
): {
  readonly entries: readonly WeightEntry[]
  readonly weightsBin: Uint8Array
  readonly places: ReadonlyMap<string, WeightPlace>
} {
  const places = new Map<string, WeightPlace>()
  const entries: WeightEntry[] = []
  const pieces: Uint8Array[] = []
  let offset = 0
  const append = ({ name, shape, values }: Constant, isHalf: boolean): Uint8Array => {
    entries.push({
      name,
      shape,
      dtype: 'float32',
      ...(isHalf ? { quantization: { dtype: 'float16', original_dtype: 'float32' } as const } : {}),
    })
    const piece = isHalf ? halfBytes(values) : new Uint8Array(values.slice().buffer)
    pieces.push(piece)
    return piece
  }
  for (const spec of specs) {
    const values = weights[spec.name]
    if (values?.length !== sizeOf(spec.shape))
      throw new Error(
        `the weights have ${values?.length ?? 0} values for ${spec.name}, the network ` +
          `${sizeOf(spec.shape)}`,
      )
    const isHalf = spec.role === 'kernel' && values.every((value) => Math.abs(value) <= LARGEST_HALF)
    const piece = append({ name: storedName(network, spec), shape: spec.shape, values }, isHalf)
    places.set(spec.name, { offset, bytes: piece.length, isHalf })
    offset += piece.length
  }
  for (const constant of constants) append(constant, false)
  return { entries, weightsBin: new Uint8Array(Buffer.concat(pieces)), places }
}

/** @param description the file that lists the entries
 *  @throws Error with the reason when the files don't fit together */
export function readWeights(
  network: Network,
  { entries, weightsBin }: { readonly entries: readonly WeightEntry[]; readonly weightsBin: Uint8Array },
  description: string,
): Weights {
  const byName = new Map<string, Float32Array>()
  let offset = 0
  for (const { name, shape, quantization } of entries) {
    const length = sizeOf(shape) * (quantization ? 2 : 4)
    // a copy, even of a Buffer, whose own slice is a view
    const bytes = Uint8Array.prototype.slice.call(weightsBin, offset, (offset += length))
    if (bytes.length !== length) throw new Error(`${WEIGHTS_FILE} ends within ${name}`)
    byName.set(name, quantization ? fromHalfBytes(bytes) : new Float32Array(bytes.buffer))
  }
  if (offset !== weightsBin.length)
    throw new Error(`${WEIGHTS_FILE} is ${weightsBin.length - offset} bytes longer than ${description} says`)
  return Object.fromEntries(
    weightSpecs(network).map((spec) => {
      const values = byName.get(storedName(network, spec))
      if (values?.length !== sizeOf(spec.shape))
        throw new Error(`${description} has no ${spec.name} of shape [${spec.shape.join(', ')}]`)
      return [spec.name, values]
    }),
  )
}

export function isWeightEntry(value: unknown): value is WeightEntry {
  if (!isObject(value)) return false
  const { name, shape, dtype, quantization } = value
  return (
    typeof name === 'string' &&
    Array.isArray(shape) &&
    shape.every((length) => typeof length === 'number') &&
    dtype === 'float32' &&
    (quantization === undefined || (isObject(quantization) && quantization['dtype'] === 'float16'))
  )
}

const STORED_ROLE: Readonly<Record<WeightSpec['role'], string>> = {
  kernel: 'kernel',
  bias: 'bias',
  gamma: 'gamma',
  beta: 'beta',
  mean: 'moving_mean',
  variance: 'moving_variance',
}

/** As TensorFlow.js names them. */
function storedName(network: Network, spec: WeightSpec): string {
  const isDepthwise = network.layers.find((layer) => layer.name === spec.layer)?.kind === 'depthwise'
  return `${spec.layer}/${isDepthwise && spec.role === 'kernel' ? 'depthwise_kernel' : STORED_ROLE[spec.role]}`
}
