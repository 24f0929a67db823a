/** Images without sharp edges anywhere, judged on a copy of 64 × 64 pixels: blur that only shows in full size does not
 *  matter to a classifier. */
import { byFigures, type KindOfFinding } from './finding.ts'
import { whileUsable } from './open-findings.ts'
import { ENTROPY_LEAST } from './low-information.ts'

/** Scale and thresholds of CleanVision 0.3.8 (BlurrinessProperty.get_scores). */
const SCALE = 0.01
const BLURRY_BELOW = 0.29
const CONCENTRATION_LEAST = 0.18
/** Below this sharpness an image is blurred however its grey levels are spread: CleanVision takes 15 % of blurred
 *  leaves on one background for drawings. The images of five real sets have 20 or more; blurred by 4 % to 8 % of
 *  their side they have 8 or less (docs/performance.md, 2026-11-30). */
const BLURRED_BELOW = 15

export const blurry: KindOfFinding = {
  kind: 'blurry',
  remedies: ['exclude', 'dismiss'],
  isOpen: whileUsable,
  find: byFigures((figures) => {
    const score = sharpnessScore(figures)
    // an image of one colour has no edges to be blurred
    return score >= BLURRY_BELOW || figures.entropy < ENTROPY_LEAST
      ? null
      : {
          severity: 1 - score / BLURRY_BELOW,
          detail: `Its edges are faint: its sharpness is ${score.toFixed(2)}, below ${BLURRY_BELOW}.`,
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
  const edges = 1 - Math.exp(-sharpness * SCALE)
  const flatness = 1 - Math.exp(-concentration * SCALE)
  return sharpness < BLURRED_BELOW || flatness <= CONCENTRATION_LEAST ? edges : Math.min(1, edges + flatness)
}
