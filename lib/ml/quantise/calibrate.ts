/** The ranges of a network's values, from the numbers that occur in images. Which values these are says
 *  quantised-values.ts; the engine that runs the graph is an argument. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { plainBatches, type SampleSet } from '../learn/sample-set.ts'
import type { Network, Weights } from '../network/network.ts'
import type { Ranges } from './quantised-graph.ts'
import type { Range } from './scales.ts'

/** More images change the ranges little. */
export const MOST_FOR_RANGES = 512
/** The share of images whose numbers are all within the range. The most extreme images would make the steps of all
 *  others coarser. Error of the logits on leaf-disease and cats-dogs, relative to float32: 2.8 and 2.3 %; with the
 *  range of all images 3.1 and 2.5 %, with 90 % of them 3.8 and 2.6 % (2026-11-30). */
const SHARE_WITHIN = 0.99
const BATCH = 16

type Model = { readonly network: Network; readonly weights: Weights }

/** The smallest and the largest number of each value in each image, by layer. */
export type Extremes = ReadonlyMap<string, { readonly lows: Float32Array; readonly highs: Float32Array }>

export type OpenExtremes = (
  model: Model,
) => Promise<AsyncDisposable & { extremes(pixels: Float32Array, count: number): Promise<Extremes> }>

/** Evenly spread over a set, so that a set in the order of its classes gives images of all. */
export function spread(count: number, most: number): readonly number[] {
  const taken = Math.min(count, most)
  return Array.from({ length: taken }, (_, i) => Math.floor((i * count) / taken))
}

export async function calibratedRanges(
  model: Model,
  { images, spec, signal }: { images: SampleSet; spec: Preprocess; signal?: AbortSignal },
  openExtremes: OpenExtremes,
): Promise<Ranges> {
  await using opened = await openExtremes(model)
  const all = new Map<string, { readonly lows: number[]; readonly highs: number[] }>()
  for (const { pixels, count } of plainBatches(images, spec, BATCH)) {
    await new Promise((resolve) => setImmediate(resolve)) // lets a request to cancel arrive
    signal?.throwIfAborted()
    for (const [layer, { lows, highs }] of await opened.extremes(pixels, count)) {
      const known = all.get(layer) ?? { lows: [], highs: [] }
      known.lows.push(...lows)
      known.highs.push(...highs)
      all.set(layer, known)
    }
  }
  return Object.fromEntries([...all].map(([layer, { lows, highs }]) => [layer, rangeOf(lows, highs)]))
}

/** @param lows and highs of each image
 *  @throws Error when one is not a number, which a network with broken weights gives */
export function rangeOf(lows: readonly number[], highs: readonly number[]): Range {
  const isBroken = [...lows, ...highs].some((number) => !Number.isFinite(number))
  if (isBroken || lows.length === 0) throw new Error('the network gives values that are not numbers')
  const rising = highs.toSorted((a, b) => a - b)
  const falling = lows.toSorted((a, b) => b - a)
  const place = Math.ceil(SHARE_WITHIN * lows.length) - 1
  return [falling[place]!, rising[place]!]
}
