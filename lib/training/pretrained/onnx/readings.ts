/** The ways in which a value of a graph can be read as features, by its shape, and the vectors that result. Inside a
 *  version the graph itself does the same (lib/ml/onnx/foreign-graph.ts). */
import type { ReadingMethod } from '#lib/ml/network/network.ts'

/** As people read them. */
export const READING_WORDS: Readonly<Record<ReadingMethod, string>> = {
  vector: 'as it is',
  'first-token': 'first token (CLS)',
  'mean-of-tokens': 'mean of all tokens',
  'pooled-nchw': 'mean over all places',
  'pooled-nhwc': 'mean over all places',
}

export type GraphValue = { readonly shape: readonly number[]; readonly values: Float32Array }

/** @param shape images first
 *  @returns the most likely one first; empty where it is neither a vector, nor tokens, nor a map */
export function readingsOf(shape: readonly number[], layout: 'nchw' | 'nhwc'): readonly ReadingMethod[] {
  const [, a = 0, b = 0, c = 0] = shape
  switch (shape.length) {
    case 2:
      return ['vector']
    case 3:
      return a === 1 ? ['vector'] : ['first-token', 'mean-of-tokens']
    case 4:
      if ((b === 1 && c === 1) || (a === 1 && b === 1)) return ['vector']
      return [isChannelsLast([a, b, c], layout) ? 'pooled-nhwc' : 'pooled-nchw']
    default:
      return []
  }
}

/** Maps are square; where that does not decide, they are in the order of the image. */
function isChannelsLast([a, b, c]: readonly [number, number, number], layout: 'nchw' | 'nhwc'): boolean {
  if (b === c && a !== b) return false
  if (a === b && b !== c) return true
  return layout === 'nhwc'
}

/** One vector per image. */
export function vectorsOf({ shape, values }: GraphValue, reading: ReadingMethod): readonly Float32Array[] {
  const images = shape[0]!
  const perImage = values.length / images
  return Array.from({ length: images }, (_, i) => {
    const own = values.subarray(i * perImage, (i + 1) * perImage)
    switch (reading) {
      case 'vector':
        return own.slice()
      case 'first-token':
        return own.slice(0, shape[2])
      case 'mean-of-tokens':
        return meanOfRows(own, shape[2]!)
      case 'pooled-nhwc':
        return meanOfRows(own, shape[3]!)
      case 'pooled-nchw':
        return meansOf(own, shape[1]!)
    }
  })
}

function meanOfRows(values: Float32Array, length: number): Float32Array {
  const mean = new Float32Array(length)
  const rows = values.length / length
  for (let i = 0; i < values.length; i++) mean[i % length]! += values[i]! / rows
  return mean
}

function meansOf(values: Float32Array, channels: number): Float32Array {
  const places = values.length / channels
  return Float32Array.from({ length: channels }, (_, channel) => {
    let sum = 0
    for (let i = channel * places; i < (channel + 1) * places; i++) sum += values[i]!
    return sum / places
  })
}
