/** Synthetic features: noise around a centre for each class, for measuring how long training a head takes.
 *  Its accuracy on them is meaningless. */
import type { FeatureSet } from './head.ts'
import { createRandom, normal } from '../random.ts'

/** Of the noise, with centres 1 apart in each number: classes overlap about as much as those of photographs, so
 *  that every strength is tried. On noise without centres a head takes twice as long. */
const SPREAD = 4

/** @param views per image, each with different noise */
export function clouds({
  count,
  length,
  classes,
  seed,
  views = 1,
}: {
  count: number
  length: number
  classes: number
  seed: number
  views?: number
}): FeatureSet {
  const centre = createRandom(7)
  const centres = Float32Array.from({ length: classes * length }, () => normal(centre))
  const random = createRandom(seed)
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes)
  const view = (): Float32Array => {
    const features = new Float32Array(count * length)
    for (let i = 0; i < count; i++)
      for (let d = 0; d < length; d++)
        features[i * length + d] = centres[labels[i]! * length + d]! + SPREAD * normal(random)
    return features
  }
  return { count, length, views: Array.from({ length: views }, view), labels, targets: null }
}
