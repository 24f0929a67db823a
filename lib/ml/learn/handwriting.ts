/** Changes of drawn signs that other hands make: the strokes bend and become thicker or thinner. They work on
 *  packed bytes with light ink on a dark background, as digits are prepared; `augment.ts` decides when. */
import type { Square } from './square.ts'

/** Standard deviation of the Gaussian that smooths the displacements, as a share of the side: 4 pixels of 29.
 *  Simard, Steinkraus & Platt 2003, "Best practices for convolutional neural networks applied to visual document
 *  analysis", § 2. */
const SMOOTHNESS = 4 / 29
const REACH = 3 // standard deviations; what the Gaussian has beyond is 0.3 %

/** Moves each pixel by a random field whose displacements have this standard deviation, in pixels, and
 *  resemble those of its neighbours. */
export function bend(
  from: Uint8Array,
  out: Uint8Array,
  square: Square,
  by: { displacement: number; random: () => number },
): void {
  const { size, channels } = square
  const right = smoothField(size, by)
  const down = smoothField(size, by)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = y * size + x
      const sx = Math.min(size - 1, Math.max(0, x + right[at]!))
      const sy = Math.min(size - 1, Math.max(0, y + down[at]!))
      const left = Math.min(size - 2, Math.floor(sx))
      const top = Math.min(size - 2, Math.floor(sy))
      const a = sx - left
      const b = sy - top
      const first = (top * size + left) * channels
      const second = first + size * channels
      for (let c = 0; c < channels; c++) {
        const upper = from[first + c]! * (1 - a) + from[first + channels + c]! * a
        const lower = from[second + c]! * (1 - a) + from[second + channels + c]! * a
        out[at * channels + c] = upper * (1 - b) + lower * b + 0.5
      }
    }
  }
}

/** Uniform noise, smoothed along rows and then columns. The noise beyond the edges is noise, too, so that the
 *  displacements there are as large as in the middle. */
function smoothField(size: number, by: { displacement: number; random: () => number }): Float32Array {
  const sigma = SMOOTHNESS * size
  const reach = Math.ceil(REACH * sigma)
  const kernel = Float32Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)),
  )
  const energy = kernel.reduce((sum, weight) => sum + weight ** 2, 0)
  // Noise of variance 1/3 that two passes multiply by `energy` each.
  const factor = (by.displacement * Math.sqrt(3)) / energy
  const wide = size + 2 * reach
  const rows = new Float32Array(wide * size)
  const noise = new Float32Array(wide)
  for (let y = 0; y < wide; y++) {
    for (let x = 0; x < wide; x++) noise[x] = by.random() * 2 - 1
    for (let x = 0; x < size; x++) rows[y * size + x] = weighted(noise, kernel, { from: x, step: 1 })
  }
  return Float32Array.from(
    { length: size * size },
    (_, at) => factor * weighted(rows, kernel, { from: at, step: size }),
  )
}

function weighted(
  values: Float32Array,
  kernel: Float32Array,
  { from, step }: { from: number; step: number },
): number {
  let sum = 0
  for (let i = 0, at = from; i < kernel.length; i++, at += step) sum += values[at]! * kernel[i]!
  return sum
}

/** Thicker (up to `by` = 1: half a pixel to a pixel on each side) or thinner strokes (`by` < 0): a mixture of the
 *  square with its dilation or erosion by the four neighbours. The lightest ink stays as light as it was, so
 *  a stroke of one or two pixels is not erased. */
export function changeStrokes(square: Uint8Array, { size, channels }: Square, by: number): void {
  const from = square.slice()
  const extreme = by > 0 ? Math.max : Math.min
  const share = Math.abs(by)
  const row = size * channels
  const before = lightest(from)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      for (let c = 0; c < channels; c++) {
        const at = y * row + x * channels + c
        const own = from[at]!
        const found = extreme(
          own,
          x > 0 ? from[at - channels]! : own,
          x < size - 1 ? from[at + channels]! : own,
          y > 0 ? from[at - row]! : own,
          y < size - 1 ? from[at + row]! : own,
        )
        square[at] = own + (found - own) * share + 0.5
      }
    }
  }
  const after = lightest(square)
  if (after === 0 || after >= before) return
  for (let i = 0; i < square.length; i++) square[i] = Math.min(255, (square[i]! * before) / after + 0.5)
}

const lightest = (values: Uint8Array): number => values.reduce((most, value) => Math.max(most, value), 0)
