/** Images with deliberate disturbances, each of one kind and three strengths, as in Hendrycks and Dietterich 2019
 *  ("Benchmarking neural network robustness to common corruptions", arXiv:1903.12261), at the size that
 *  the network takes. Predictions for them are measured elsewhere. */
import { turned } from '../learn/augment.ts'
import type { Square } from '../learn/square.ts'
import { createRandom, mixSeeds, normal } from '../random.ts'

export type Corruption = 'brightness' | 'blur' | 'jpeg' | 'noise' | 'rotation'

/** Realistic strengths for photographs: `amount` in the unit stated next to it. */
export const DISTURBANCES: readonly {
  readonly kind: Corruption
  readonly unit: string
  readonly amounts: readonly [number, number, number]
}[] = [
  { kind: 'brightness', unit: 'share of the range, lighter or darker', amounts: [0.1, 0.2, 0.35] },
  { kind: 'blur', unit: 'standard deviation, in hundredths of the side', amounts: [1.5, 2.5, 4] },
  { kind: 'jpeg', unit: 'JPEG quality', amounts: [60, 30, 12] },
  { kind: 'noise', unit: 'standard deviation, as a share of the range', amounts: [0.03, 0.06, 0.12] },
  { kind: 'rotation', unit: 'degrees, to the left or right', amounts: [5, 10, 20] },
]

/** Compresses a square as JPEG of this quality and decodes it again; passed in, because a codec is not
 *  arithmetic. */
export type ThroughJpeg = (square: Uint8Array, spec: Square, quality: number) => Promise<Uint8Array>

/** The disturbed copy. Direction and noise depend only on the seed. */
export async function disturb(
  square: Uint8Array,
  how: { readonly kind: Corruption; readonly amount: number; readonly spec: Square; readonly seed: number },
  throughJpeg: ThroughJpeg,
): Promise<Uint8Array> {
  const { kind, amount, spec, seed } = how
  const random = createRandom(mixSeeds(seed, 0xd157))
  const sign = random() < 0.5 ? -1 : 1
  switch (kind) {
    case 'brightness':
      return lifted(square, sign * amount * 255)
    case 'blur':
      return blurred(square, spec, (amount / 100) * spec.size)
    case 'jpeg':
      return throughJpeg(square, spec, amount)
    case 'noise':
      return noisy(square, amount * 255, random)
    case 'rotation':
      return turned(square, spec, sign * amount)
  }
}

function lifted(square: Uint8Array, by: number): Uint8Array {
  const table = Uint8ClampedArray.from({ length: 256 }, (_, value) => value + by)
  return square.map((value) => table[value]!)
}

/** A Gaussian along rows, then along columns; the edge pixel is repeated beyond the edge. */
function blurred(square: Uint8Array, { size, channels }: Square, sigma: number): Uint8Array {
  const reach = Math.ceil(3 * sigma)
  const raw = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)),
  )
  const total = raw.reduce((a, b) => a + b, 0)
  const weights = raw.map((weight) => weight / total)
  const along = (from: ArrayLike<number>, step: number, other: number): Float32Array => {
    const out = new Float32Array(from.length)
    for (let line = 0; line < size; line++) {
      for (let at = 0; at < size; at++) {
        for (let c = 0; c < channels; c++) {
          let sum = 0
          for (let tap = -reach; tap <= reach; tap++)
            sum +=
              weights[tap + reach]! *
              from[line * other + Math.max(0, Math.min(size - 1, at + tap)) * step + c]!
          out[line * other + at * step + c] = sum
        }
      }
    }
    return out
  }
  const rows = along(square, channels, size * channels)
  return Uint8Array.from(along(rows, size * channels, channels), (value) => Math.round(value))
}

/** The number of normal values drawn once; each image starts at its own place in them. */
const NORMALS = 65_536
let normals: Float32Array | null = null

function noisy(square: Uint8Array, sigma: number, random: () => number): Uint8Array {
  normals ??= Float32Array.from(
    { length: NORMALS },
    (
      (draw) => () =>
        normal(draw)
    )(createRandom(1)),
  )
  const out = new Uint8ClampedArray(square.length)
  let at = Math.floor(random() * NORMALS)
  for (let i = 0; i < square.length; i++) {
    out[i] = square[i]! + sigma * normals[at]!
    at = (at + 1) % NORMALS
  }
  return new Uint8Array(out.buffer)
}
