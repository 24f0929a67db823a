/** Numbers of a TIFF that are not 0 to 255 as bytes: floating point, 32 bits, and 10 to 14 bits in 16. Scaled by the
 *  range that the file states, else by the range that its numbers suggest. Pure arithmetic; decode-tiff.ts reads the
 *  numbers. */
import type { TiffPage } from './tiff-pages.ts'

/** 16 bits are scaled, too, because many cameras and microscopes use only the lower 10 to 14 of them. */
export const isScaled = ({
  format,
  bits,
  photometric,
}: Pick<TiffPage, 'format' | 'bits' | 'photometric'>): boolean =>
  photometric <= 2 && (format === 'float' || format === 'signed' || bits >= 16)

const INTEGER_TOPS = [255, 1_023, 4_095, 16_383, 65_535] as const

/** The range that becomes 0 to 255. */
export function rangeOf(
  values: Float32Array,
  { format, range }: Pick<TiffPage, 'format' | 'range'>,
): readonly [number, number] {
  if (range !== null) return range
  let least = Infinity
  let most = -Infinity
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    if (value < least) least = value
    if (value > most) most = value
  }
  if (least > most) return [0, 1]
  if (least >= 0 && format === 'float' && most <= 1) return [0, 1]
  if (least >= 0 && format === 'float' && most <= 255) return [0, 255]
  const top = INTEGER_TOPS.find((value) => most <= value)
  if (least >= 0 && format !== 'float' && top !== undefined) return [0, top]
  return least < most ? [least, most] : [least, least + 1]
}

/** Rounded to nearest; not a number is black. */
export function scaledToBytes(values: Float32Array, [least, most]: readonly [number, number]): Uint8Array {
  const factor = 255 / (most - least)
  const bytes = new Uint8ClampedArray(values.length)
  for (let i = 0; i < values.length; i++) bytes[i] = (values[i]! - least) * factor
  return new Uint8Array(bytes.buffer)
}
