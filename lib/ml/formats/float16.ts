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

/** Bytes of a file are little-endian; so is every processor that Node and browsers run on, except a few servers. */
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

export function halfBytes(values: Float32Array): Uint8Array {
  if (isLittleEndian && typeof Float16Array === 'function')
    return new Uint8Array(Float16Array.from(values).buffer)
  const bytes = new Uint8Array(values.length * 2)
  const view = new DataView(bytes.buffer)
  values.forEach((value, i) => view.setUint16(i * 2, halfBits(value), true))
  return bytes
}

export function fromHalfBytes(bytes: Uint8Array): Float32Array {
  const table = (valueOfHalf ??= Float32Array.from({ length: 2 ** 16 }, (_, half) => fromHalfBits(half)))
  const values = new Float32Array(bytes.length >> 1)
  for (let i = 0; i < values.length; i++) values[i] = table[bytes[2 * i]! | (bytes[2 * i + 1]! << 8)]!
  return values
}

/** Every value that 16 bits can have, made when it is first needed: 256 kB, and ten times as fast. */
let valueOfHalf: Float32Array | null = null
