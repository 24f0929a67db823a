/** Images without sharp edges anywhere, judged on a copy of 64 × 64 pixels: blur that only shows in full size does not
 *  matter to a classifier. */
import { byFigures, type KindOfFinding } from './finding.ts'

/** Scale and thresholds of CleanVision 0.3.8 (BlurrinessProperty.get_scores). */
const SCALE = 0.01
const BLURRY_BELOW = 0.29
const CONCENTRATION_LEAST = 0.18

export const blurry: KindOfFinding = {
  kind: 'blurry',
  remedies: ['exclude'],
  find: byFigures((figures) => {
    const score = sharpnessScore(figures)
    return score >= BLURRY_BELOW
      ? null
      : {
          severity: 1 - score / BLURRY_BELOW,
          detail: `Its edges are faint: a sharpness of ${score.toFixed(2)} where ${BLURRY_BELOW} is the least.`,
        }
  }),
}

/** From 0, all blurred, to 1. An image of few grey levels, such as a drawing, has few edges without being blurred: what
 *  its histogram shows of that is added.
 *  @public the formula */
export function sharpnessScore({
  sharpness,
  concentration,
}: {
  readonly sharpness: number
  readonly concentration: number
}): number {
  const flatness = 1 - Math.exp(-concentration * SCALE)
  return Math.min(1, 1 - Math.exp(-sharpness * SCALE) + (flatness <= CONCENTRATION_LEAST ? 0 : flatness))
}
