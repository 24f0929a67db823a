/** Which parts of its image a prediction depends on: the image is covered piece by piece, and each piece gets the
 *  drop in probability of the predicted class (an occlusion map; Zeiler and Fergus 2014, arXiv:1311.2901, §4.2).
 *  It shows where one network depends on one image, not why; it runs no network itself. */
import { softmax } from '#lib/domain/evaluation/calibration.ts'
import type { Square } from '../learn/square.ts'

/** Of the side: large enough to hide a whole part, such as an ear or a wheel; with a smaller cover the network
 *  predicts from the surroundings. */
const COVER_SHARE = 1 / 4
/** Covers along each side. With a quarter each, seven are half a cover apart, so that no part falls between two
 *  of them, and 49 predictions take the shipped networks 20–110 ms of one core (November 2026). */
const MOST_COVERS = 7

export type OcclusionInput = {
  /** `size × size × channels` bytes, in the format of `preprocess`. */
  readonly square: Uint8Array
  readonly spec: Square
  /** The class whose probability is measured, by its index. */
  readonly predicted: number
  /** Calibrates the probabilities. */
  readonly temperature: number
}

/** `drops[row][column]`, from the upper left: the probability without a cover minus the one with this place
 *  covered; from −1 to 1, negative when it rises. */
export type Occlusion = {
  readonly rows: number
  readonly columns: number
  readonly drops: readonly (readonly number[])[]
}

/** Requests the logits of the uncovered square from `answer`, then row by row those of the covered ones; it
 *  yields between two rows, so that other requests are served. */
export async function* occlude(
  { square, spec, predicted, temperature }: OcclusionInput,
  answer: (squares: readonly Uint8Array[]) => Promise<readonly Float32Array[]>,
): AsyncGenerator<void, Occlusion> {
  const { side, starts } = coversOf(spec.size)
  const colour = meanColour(square, spec.channels)
  const probabilities = async (squares: readonly Uint8Array[]): Promise<number[]> =>
    (await answer(squares)).map((logits) => softmax(logits, temperature)[predicted]!)
  const [whole] = await probabilities([square])
  const drops: number[][] = []
  for (const top of starts) {
    yield
    const row = await probabilities(starts.map((left) => covered(square, spec, { top, left, side, colour })))
    drops.push(row.map((probability) => whole! - probability))
  }
  return { rows: starts.length, columns: starts.length, drops }
}

/** The covers are the same along both sides, from edge to edge; in pixels. */
export function coversOf(size: number): { readonly side: number; readonly starts: readonly number[] } {
  const side = Math.max(1, Math.round(size * COVER_SHARE))
  const last = size - side
  const count = Math.min(MOST_COVERS, last + 1)
  return {
    side,
    starts: Array.from({ length: count }, (_, i) => (count === 1 ? 0 : Math.round((i * last) / (count - 1)))),
  }
}

function meanColour(square: Uint8Array, channels: number): Uint8Array {
  const sums = new Float64Array(channels)
  for (let i = 0; i < square.length; i++) sums[i % channels]! += square[i]!
  return Uint8Array.from(sums, (sum) => Math.round((sum * channels) / square.length))
}

type Cover = {
  readonly top: number
  readonly left: number
  readonly side: number
  readonly colour: Uint8Array
}

function covered(
  square: Uint8Array,
  { size, channels }: Square,
  { top, left, side, colour }: Cover,
): Uint8Array {
  const out = square.slice()
  for (let y = top; y < top + side; y++)
    for (let x = left; x < left + side; x++) out.set(colour, (y * size + x) * channels)
  return out
}
