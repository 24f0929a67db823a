/** Half-precision numbers as bytes (IEEE 754 binary16, little-endian), the format of kernels in files. Not for
 *  computing. */

export const LARGEST_HALF = 65504

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** The 16 bits nearest to the value, ties to even; values that are too large become infinity. */
export function halfBits(value: number): number {
  float[0] = value
  const word = bits[0]!
  const sign = (word >>> 16) & 0x8000
  const exponent = ((word >>> 23) & 0xff) - 127 + 15
  const mantissa = word & 0x7fffff
  if (exponent >= 31) return sign | (((word >>> 23) & 0xff) === 0xff && mantissa !== 0 ? 0x7e00 : 0x7c00)
  if (exponent < -10) return sign
  // below the smallest normal number the implicit leading bit becomes part of the mantissa
  const shift = exponent <= 0 ? 14 - exponent : 13
  const whole = exponent <= 0 ? mantissa | 0x800000 : mantissa
  const shifted = whole >>> shift
  const rest = whole & ((1 << shift) - 1)
  const half = 1 << (shift - 1)
  const roundsUp = rest > half || (rest === half && (shifted & 1) === 1)
  return sign | ((exponent <= 0 ? 0 : exponent << 10) + shifted + (roundsUp ? 1 : 0))
}

export function fromHalfBits(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >>> 10) & 0x1f
  const mantissa = half & 0x3ff
  if (exponent === 0) return sign * mantissa * 2 ** -24
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15)
}

export function halfBytes(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 2)
  const view = new DataView(bytes.buffer)
  values.forEach((value, i) => view.setUint16(i * 2, halfBits(value), true))
  return bytes
}

export function fromHalfBytes(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) => fromHalfBits(view.getUint16(i * 2, true)))
}
