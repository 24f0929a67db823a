/** The ground of an image, colour by colour: a smooth surface through what most of its pixels show, or one colour. */
import type { Raster } from './resize.ts'

const FIT_SAMPLES = 600
const FIT_ROUNDS = 5

/** Each channel less its ground. */
export function awayFrom({ width, height, data }: Raster, surfaces: Ground): Float32Array {
  const out = new Float32Array(data.length)
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++, i++)
        out[i] = data[i]! - surfaceAt(surfaces[c]!, (2 * x) / width - 1, (2 * y) / height - 1)
  return out
}

type Surface = readonly [number, number, number, number, number, number]

const surfaceAt = (s: Surface, u: number, v: number): number =>
  s[0] + u * (s[1] + s[3] * u + s[4] * v) + v * (s[2] + s[5] * v)

export type Ground = readonly [Surface, Surface, Surface]

/** The mean colour of the pixels that are ground. */
export function flatGround({ data }: Raster, isGround: (i: number) => boolean): Ground {
  const sum = [0, 0, 0]
  let count = 0
  for (let i = 0; i < data.length / 3; i++) {
    if (!isGround(i)) continue
    count += 1
    for (let c = 0; c < 3; c++) sum[c]! += data[i * 3 + c]!
  }
  const surface = (c: number): Surface => [sum[c]! / Math.max(1, count), 0, 0, 0, 0, 0]
  return [surface(0), surface(1), surface(2)]
}

/** A quadratic surface per channel, fitted so that what differs most counts least (iteratively reweighted least
 *  squares with Cauchy's weights). */
export function smoothGround(raster: Raster): Ground {
  const samples = samplesOf(raster)
  return [fitted(samples, raster.data, 0), fitted(samples, raster.data, 1), fitted(samples, raster.data, 2)]
}

/** Six terms, one after another: what multiplies each coefficient of the surface. */
const TERMS = 6

type Samples = { readonly count: number; readonly places: Int32Array; readonly terms: Float64Array }

function samplesOf({ width, height }: Raster): Samples {
  const step = Math.max(1, Math.sqrt((width * height) / FIT_SAMPLES))
  const places: number[] = []
  const terms: number[] = []
  for (let y = step / 2; y < height; y += step)
    for (let x = step / 2; x < width; x += step) {
      const [column, row] = [Math.floor(x), Math.floor(y)]
      const [u, v] = [(2 * column) / width - 1, (2 * row) / height - 1]
      places.push((row * width + column) * 3)
      terms.push(1, u, v, u * u, u * v, v * v)
    }
  return { count: places.length, places: Int32Array.from(places), terms: Float64Array.from(terms) }
}

function fitted(samples: Samples, data: Uint8Array, channel: number): Surface {
  const { count, places, terms } = samples
  const values = new Float64Array(count)
  for (let k = 0; k < count; k++) values[k] = data[places[k]! + channel]!
  const away = new Float64Array(count)
  const weights = new Float64Array(count)
  let surface: Surface = [median(values), 0, 0, 0, 0, 0]
  for (let round = 0; round < FIT_ROUNDS; round++) {
    for (let k = 0; k < count; k++)
      away[k] = Math.abs(values[k]! - surfaceAt(surface, terms[k * TERMS + 1]!, terms[k * TERMS + 2]!))
    const spread = 2 * Math.max(2, median(away))
    for (let k = 0; k < count; k++) weights[k] = 1 / (1 + (away[k]! / spread) ** 2)
    surface = weightedFit(samples, values, weights)
  }
  return surface
}

/** Normal equations, solved by Gauss with a ridge that keeps them solvable on an image of few pixels. */
function weightedFit({ count, terms }: Samples, values: Float64Array, weights: Float64Array): Surface {
  const row = TERMS + 1
  const rows = new Float64Array(TERMS * row)
  for (let i = 1; i < TERMS; i++) rows[i * row + i] = 1e-3 * count
  for (let k = 0; k < count; k++)
    for (let i = 0; i < TERMS; i++) {
      const factor = weights[k]! * terms[k * TERMS + i]!
      for (let j = 0; j < TERMS; j++) rows[i * row + j]! += factor * terms[k * TERMS + j]!
      rows[i * row + TERMS]! += factor * values[k]!
    }
  for (let i = 0; i < TERMS; i++)
    for (let other = 0; other < TERMS; other++) {
      if (other === i) continue
      const factor = rows[other * row + i]! / rows[i * row + i]!
      for (let j = i; j <= TERMS; j++) rows[other * row + j]! -= factor * rows[i * row + j]!
    }
  const solved = (i: number): number => rows[i * row + TERMS]! / rows[i * row + i]!
  return [solved(0), solved(1), solved(2), solved(3), solved(4), solved(5)]
}

const median = (values: Float64Array): number => values.slice().sort()[values.length >> 1]!
