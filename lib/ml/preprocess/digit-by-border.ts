/** A written digit laid out as digit.ts does, by what the image's border shows: for versions whose
 *  `preprocess.json` does not ask for `ink: 'local'`. Their networks and golden answers are made for it. */
import { quantile } from './ink.ts'
import { centred, resize, type Raster } from './resize.ts'

// the longer side of the ink in a square of 28 (LeCun, Cortes, Burges: "normalized to fit in a 20x20 pixel
// box")
const INK_SHARE = 20 / 28
const DARK = 128 // a border below this is the black ground of an image that is laid out already
const FEWEST_LEVELS = 24 // an image whose ink differs from its ground by less is empty
const INK = 0.2 // share of the strongest ink from which a pixel counts for the ink's box
const STRONGEST = 0.9995 // quantile that stands for the strongest ink, so that one bright speck does not
const NOISE = 0.9 // quantile of the border's distance to its ground that is taken for noise

export function digitSquareByBorder(raster: Raster, size: number): Uint8Array {
  const { data } = raster
  const border = borderOf(raster)
  const ground = quantile(border, 0.5)
  if (raster.width === size && raster.height === size && ground < DARK) return data
  let sum = 0
  for (const value of data) sum += value
  const isDarkInk = sum / data.length < ground
  const distance = (value: number): number => Math.max(0, isDarkInk ? ground - value : value - ground)
  const away = data.map(distance)
  const noise = quantile(border.map(distance), NOISE)
  const strongest = quantile(away, STRONGEST)
  const ink = strongest - noise < FEWEST_LEVELS ? null : stretched(away, noise, strongest)
  const box = ink && boxOf(ink, raster)
  if (!box) return new Uint8Array(size * size)
  const side = Math.round(size * INK_SHARE)
  const scale = side / Math.max(box.width, box.height)
  const width = Math.max(1, Math.round(box.width * scale))
  const height = Math.max(1, Math.round(box.height * scale))
  const cut = { ...raster, data: ink }
  return centred(resize(cut, box, width, height), width, height, size)
}

/** Distances from the ground with noise removed, stretched to 0–255. */
function stretched(away: Uint8Array, noise: number, strongest: number): Uint8Array {
  // The floor lies a little above the noise but never in the ink's upper half, where a line that crosses the
  // border would put it.
  const floor = Math.min(noise * 1.5, strongest / 2)
  const table = Uint8Array.from({ length: 256 }, (_, v) =>
    Math.max(0, Math.min(255, Math.round(((v - floor) * 255) / (strongest - floor)))),
  )
  return away.map((v) => table[v]!)
}

function boxOf(ink: Uint8Array, { width, height }: Raster) {
  let left = width
  let right = -1
  let top = height
  let bottom = -1
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (ink[y * width + x]! < 255 * INK) continue
      if (x < left) left = x
      if (x > right) right = x
      if (y < top) top = y
      bottom = y
    }
  }
  return right < 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 }
}

function borderOf({ width, height, data }: Raster): Uint8Array {
  const out = new Uint8Array(2 * (width + height))
  let to = 0
  for (let x = 0; x < width; x++) {
    out[to++] = data[x]!
    out[to++] = data[(height - 1) * width + x]!
  }
  for (let y = 0; y < height; y++) {
    out[to++] = data[y * width]!
    out[to++] = data[y * width + width - 1]!
  }
  return out
}
