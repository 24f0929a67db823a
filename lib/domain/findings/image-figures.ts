/** The figures of one image that findings are judged by: brightness, sharpness, information, and a digest of its
 *  pixels. Computed once for each image, from a copy of at most 64 × 64 pixels; the rules are in the files next to this
 *  one. */
import type { RgbImage } from '../image.ts'

export type ImageFigures = {
  /** Brightness that 5 % of the pixels are below, and 99 %; 0 is black, 1 is white. */
  readonly brightness5: number
  readonly brightness99: number
  /** Standard deviation of the Laplacian of the grey levels, 0 to about 1,000: `sharpness²` is the variance of the
   *  Laplacian (Pech-Pacheco et al. 2000). */
  readonly sharpness: number
  /** Standard deviation of the 256 counts of the histogram of grey levels: large where few levels make up the image. */
  readonly concentration: number
  /** Shannon entropy of the grey levels in bits, 0 to 8. */
  readonly entropy: number
  /** Equal for images with equal pixels, as far as the reduced copy shows them. */
  readonly digest: string
}

/** Weights of brightness as it is perceived;
 *  `calculate_brightness` of CleanVision 0.3.8. */
const BRIGHTNESS = [0.241, 0.691, 0.068] as const

/** @param image at most 64 × 64 pixels, as CleanVision judges blur (MAX_RESOLUTION_FOR_BLURRY_DETECTION) */
export function figuresOf({ width, height, data }: RgbImage): ImageFigures {
  const count = width * height
  const grey = new Uint8Array(count)
  const brightness = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const [r, g, b] = [data[i * 3]!, data[i * 3 + 1]!, data[i * 3 + 2]!]
    grey[i] = Math.round(0.299 * r + 0.587 * g + 0.114 * b) // Rec. 601
    brightness[i] = Math.sqrt(BRIGHTNESS[0] * r * r + BRIGHTNESS[1] * g * g + BRIGHTNESS[2] * b * b) / 255
  }
  brightness.sort()
  const histogram = new Float64Array(256)
  for (const level of grey) histogram[level]! += 1
  return {
    brightness5: percentile(brightness, 0.05),
    brightness99: percentile(brightness, 0.99),
    sharpness: Math.sqrt(laplacianVariance(grey, width, height)),
    concentration: Math.sqrt(variance(histogram)),
    entropy: histogram.reduce((sum, n) => (n === 0 ? sum : sum - (n / count) * Math.log2(n / count)), 0),
    digest: digestOf({ width, height, data }),
  }
}

/** Linear between the two nearest ranks, as NumPy does by default.
 *  @param sorted ascending, not empty */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1)
  const below = Math.floor(at)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!)
}

function variance(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
}

/** Of the kernel with 8 in the middle and −1 around it (FIND_EDGES of Pillow, which CleanVision uses), over the pixels
 *  that have eight neighbours. Responses are limited to 0 to 255, as Pillow does. 0 where there are none. */
function laplacianVariance(grey: Uint8Array, width: number, height: number): number {
  let [sum, squares, count] = [0, 0, 0]
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x
      let around = 0
      for (const row of [at - width, at, at + width]) around += grey[row - 1]! + grey[row]! + grey[row + 1]!
      const response = Math.max(0, Math.min(255, 9 * grey[at]! - around))
      sum += response
      squares += response * response
      count += 1
    }
  return count === 0 ? 0 : Math.max(0, squares / count - (sum / count) ** 2)
}

/** cyrb53 by bryc (public domain): two 32-bit multiplicative hashes. Not for security: a collision only suggests that
 *  two images be compared. */
function digestOf({ width, height, data }: RgbImage): string {
  let [high, low] = [0xdeadbeef ^ width, 0x41c6ce57 ^ height]
  for (const byte of data) {
    high = Math.imul(high ^ byte, 2654435761)
    low = Math.imul(low ^ byte, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return `${(high >>> 0).toString(16).padStart(8, '0')}${(low >>> 0).toString(16).padStart(8, '0')}`
}
