/** The arithmetic of 8-bit numbers: from the range of a value to scale and zero point, and from float32 kernels to
 *  int8. Real number = scale × (integer − zero point), as QuantizeLinear of ONNX defines it. It knows no
 *  network. */

/** The smallest and the largest number that a value is expected to have. */
export type Range = readonly [low: number, high: number]

export type Affine = { readonly scale: number; readonly zeroPoint: number }

const LEVELS = 255 // of an unsigned byte, above 0
const LARGEST = 127 // of a signed byte, used symmetrically
const INT32 = 2 ** 31 - 1

/** Unsigned bytes for a range that is extended to contain 0, which padding needs exactly. */
export function affineOf([low, high]: Range): Affine {
  const [from, to] = [Math.min(0, low), Math.max(0, high)]
  const scale = Math.fround((to - from) / LEVELS || 1)
  return { scale, zeroPoint: Math.min(LEVELS, Math.max(0, Math.round(-from / scale))) }
}

export type QuantisedKernel = {
  readonly values: Int8Array
  /** One for each output channel. */
  readonly scales: Float32Array
}

/** Symmetric, one scale for each output channel: the largest absolute weight of a channel becomes 127.
 *  @param inner how many neighbours have the same channel, before those of the next channel follow */
export function quantisedKernel(kernel: Float32Array, channels: number, inner: number): QuantisedKernel {
  const largest = new Float32Array(channels)
  for (let start = 0, c = 0; start < kernel.length; start += inner, c = (c + 1) % channels)
    for (let i = start; i < start + inner; i++) largest[c] = Math.max(largest[c]!, Math.abs(kernel[i]!))
  const scales = largest.map((most) => most / LARGEST || 1)
  const values = new Int8Array(kernel.length)
  for (let start = 0, c = 0; start < kernel.length; start += inner, c = (c + 1) % channels)
    for (let i = start; i < start + inner; i++)
      values[i] = Math.max(-LARGEST, Math.min(LARGEST, Math.round(kernel[i]! / scales[c]!)))
  return { values, scales }
}

/** A bias in units of the sums that it is added to: input scale × kernel scale of its channel. */
export function quantisedBias(bias: Float32Array, inputScale: number, scales: Float32Array): Int32Array {
  return Int32Array.from(bias, (b, c) =>
    Math.max(-INT32, Math.min(INT32, Math.round(b / (inputScale * scales[c]!)))),
  )
}
