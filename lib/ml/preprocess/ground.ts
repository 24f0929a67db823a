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
export function smoothGround({ width, height, data }: Raster): Ground {
  const step = Math.max(1, Math.sqrt((width * height) / FIT_SAMPLES))
  const samples: Sample[] = []
  for (let y = step / 2; y < height; y += step)
    for (let x = step / 2; x < width; x += step) {
      const [column, row] = [Math.floor(x), Math.floor(y)]
      const [u, v] = [(2 * column) / width - 1, (2 * row) / height - 1]
      samples.push({ at: (row * width + column) * 3, u, v, terms: [1, u, v, u * u, u * v, v * v] })
    }
  const fitted = (c: number): Surface => {
    let surface: Surface = [median(samples.map(({ at }) => data[at + c]!)), 0, 0, 0, 0, 0]
    for (let round = 0; round < FIT_ROUNDS; round++) {
      const away = samples.map(({ at, u, v }) => Math.abs(data[at + c]! - surfaceAt(surface, u, v)))
      const spread = 2 * Math.max(2, median(away))
      const weights = away.map((value) => 1 / (1 + (value / spread) ** 2))
      surface = weightedFit(samples, (i) => ({ weight: weights[i]!, value: data[samples[i]!.at + c]! }))
    }
    return surface
  }
  return [fitted(0), fitted(1), fitted(2)]
}

type Sample = { readonly at: number; readonly u: number; readonly v: number; readonly terms: Surface }

/** Normal equations, solved by Gauss with a ridge that keeps them solvable on an image of few pixels. */
function weightedFit(
  samples: readonly Sample[],
  measured: (i: number) => { readonly weight: number; readonly value: number },
): Surface {
  const size = 6
  const rows = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size + 1 }, (__, j) => (i === j && i > 0 ? 1e-3 * samples.length : 0)),
  )
  for (const [k, { terms }] of samples.entries()) {
    const { weight, value } = measured(k)
    for (let i = 0; i < size; i++) {
      const factor = weight * terms[i]!
      const row = rows[i]!
      for (let j = 0; j < size; j++) row[j]! += factor * terms[j]!
      row[size]! += factor * value
    }
  }
  for (let i = 0; i < size; i++)
    for (let other = 0; other < size; other++) {
      if (other === i) continue
      const factor = rows[other]![i]! / rows[i]![i]!
      for (let j = i; j <= size; j++) rows[other]![j]! -= factor * rows[i]![j]!
    }
  const solved = (i: number): number => rows[i]![size]! / rows[i]![i]!
  return [solved(0), solved(1), solved(2), solved(3), solved(4), solved(5)]
}

const median = (values: readonly number[]): number => Float64Array.from(values).sort()[values.length >> 1]!
