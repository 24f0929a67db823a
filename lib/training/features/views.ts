/** The views of an image that a last layer is trained on: the image as a network takes it, its mirror image, and
 *  its middle. They are made from the square of the image, so that it is decoded once. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { mirroredSquare } from '#lib/ml/learn/augment.ts'
import { seesMiddle } from '#lib/ml/network/whole-and-middle.ts'
import type { Network } from '#lib/ml/network/network.ts'

export type View = 'plain' | 'mirrored' | 'zoomed'

/** Share of the side that the middle has; two corners as well gained nothing
 *  (docs/decisions/0023-two-backbones-side-by-side.md). */
const ZOOM = 0.7
/** A part of a smaller square has too few pixels to be enlarged. */
const FEWEST_PIXELS = 128

type ViewOptions = {
  /** Whether an image and its mirror image have the same class. */
  readonly isMirrored: boolean
  /** One that sees the middle itself is trained on it in every view. */
  readonly network: Pick<Network, 'layers'>
}

/** @returns the views that training images get; `contain` and `digit` show objects that must not be cut. */
export function trainingViews(
  { size, fit }: Preprocess,
  { isMirrored, network }: ViewOptions,
): readonly View[] {
  const mayBeCut = (fit === 'cover' || fit === 'stretch') && size >= FEWEST_PIXELS && !seesMiddle(network)
  return ['plain', ...(isMirrored ? (['mirrored'] as const) : []), ...(mayBeCut ? (['zoomed'] as const) : [])]
}

/** @returns a square of the same size; the given one itself for `plain`. */
export function viewOf(square: Uint8Array, view: View, spec: Preprocess): Uint8Array {
  switch (view) {
    case 'plain':
      return square
    case 'mirrored':
      return mirroredSquare(square, spec)
    case 'zoomed':
      return middle(square, spec)
  }
}

/** The middle at the size of the whole, by linear interpolation. Lanczos-3, which makes the square itself, takes three
 *  times as long, about as long as the network (2026-11), and enlarging needs no antialiasing. */
function middle(square: Uint8Array, { size, channels }: Preprocess): Uint8Array {
  const row = size * channels
  const across = taps(size, channels)
  const down = taps(size, 1)
  const [above, below] = [down.starts[0]!, down.ends[size - 1]!]
  const rows = new Uint16Array(size * row) // those of the middle, enlarged sideways, times 256
  const { starts, ends, rests, weights } = across
  for (let line = above; line <= below; line++) {
    const from = line * row
    for (let i = 0; i < row; i++)
      rows[from + i] = square[from + starts[i]!]! * rests[i]! + square[from + ends[i]!]! * weights[i]!
  }
  const out = new Uint8Array(size * row)
  for (let line = 0, to = 0; line < size; line++) {
    const [first, second] = [down.starts[line]! * row, down.ends[line]! * row]
    const [rest, weight] = [down.rests[line]!, down.weights[line]!]
    for (let i = 0; i < row; i++)
      out[to++] = (rows[first + i]! * rest + rows[second + i]! * weight + 32_768) >> 16
  }
  return out
}

/** For each value of an output line: the two values that it lies between, and 256 times the share of each. */
function taps(size: number, channels: number) {
  const offset = (size * (1 - ZOOM)) / 2
  const length = size * channels
  const [starts, ends, weights] = [new Int32Array(length), new Int32Array(length), new Int32Array(length)]
  for (let i = 0; i < length; i++) {
    const [place, channel] = [Math.floor(i / channels), i % channels]
    const centre = Math.max(0, Math.min(size - 1, offset + (place + 0.5) * ZOOM - 0.5))
    const start = Math.floor(centre)
    starts[i] = start * channels + channel
    ends[i] = Math.min(size - 1, start + 1) * channels + channel
    weights[i] = Math.round((centre - start) * 256)
  }
  return { starts, ends, weights, rests: weights.map((weight) => 256 - weight) }
}
