/** What features are worth at a glance: how often the nearest of the other drawn shapes, by these features, has the
 *  same shape. It tells a sensible value and normalisation from a wrong one; accuracy on photographs it does not
 *  tell. */
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import type { RgbImage } from '#lib/domain/image.ts'

const OF_EACH = 8
/** Less deviation of every feature than this share of their size is rounding. */
const LEAST_DEVIATION = 1e-5

type PreviewImage = { readonly image: RgbImage; readonly label: number }

let drawn: readonly PreviewImage[] | undefined

/** Drawn when first needed: it takes some 30 ms, and every process imports this file. */
export const previewImages = (): readonly PreviewImage[] =>
  (drawn ??= Array.from({ length: OF_EACH }, (_, seed) =>
    SHAPES.map((shape, label) => ({ image: drawShape(shape, seed + 1), label })),
  ).flat())

/** Whether they are numbers that differ from image to image. */
export function areUseful(vectors: readonly Float32Array[]): boolean {
  const [first] = vectors
  if (!first || !vectors.every((vector) => vector.every(Number.isFinite))) return false
  const largest = Math.max(...first.map(Math.abs))
  return first.some((value, k) =>
    vectors.some((vector) => Math.abs(vector[k]! - value) > LEAST_DEVIATION * Math.max(largest, 1e-6)),
  )
}

/** Share of the images whose nearest other one has the same label, by the angle between centred vectors. */
export function nearestAgree(vectors: readonly Float32Array[], labels: readonly number[]): number {
  const length = vectors[0]!.length
  const mean = Float64Array.from(
    { length },
    (_, k) => vectors.reduce((sum, vector) => sum + vector[k]!, 0) / vectors.length,
  )
  const directions = vectors.map((vector) => {
    const centred = Float64Array.from(vector, (value, k) => value - mean[k]!)
    const norm = Math.hypot(...centred) || 1
    return centred.map((value) => value / norm)
  })
  const agreeing = directions.filter((own, i) => {
    let [best, nearest] = [-Infinity, -1]
    directions.forEach((other, j) => {
      if (j === i) return
      const cosine = own.reduce((sum, value, k) => sum + value * other[k]!, 0)
      if (cosine > best) [best, nearest] = [cosine, j]
    })
    return labels[nearest] === labels[i]
  })
  return agreeing.length / vectors.length
}
