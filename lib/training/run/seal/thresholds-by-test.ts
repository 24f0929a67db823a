/** The parts of a card whose thresholds are set on the test images, each image judged by thresholds that were set
 *  without its fold. For versions that ship: their validation sets are small, and of fruits they are further views
 *  of the training fruits, which lie nearer than any other image (docs/decisions/0031). */
import type { Card } from '#lib/contracts/bundle.ts'
import { TARGET_ERROR } from '#lib/domain/calibration.ts'
import { CANDIDATE_LEVEL, type ConformalSample, type Coverage } from '#lib/domain/conformal.ts'
import { thresholdsByFolds, type ThresholdRule } from '#lib/domain/thresholds-by-folds.ts'
import type { Familiarity } from './measure-familiarity.ts'

export function thresholdsByTest(
  test: ConformalSample,
  familiarity: Familiarity | null,
  { hashes, ...rule }: ThresholdRule & { readonly hashes: readonly string[] },
): Pick<Card, 'thresholds_from' | 'decision' | 'candidates' | 'familiarity'> {
  const { confident, candidates, familiar } = thresholdsByFolds(
    { ...test, hashes, distances: familiarity?.distances.test ?? [] },
    rule,
  )
  return {
    thresholds_from: 'test_folds',
    decision: {
      target_error: TARGET_ERROR,
      threshold: confident.threshold,
      share_answered: confident.shareAnswered,
      error_among_answered: confident.errorAmongAnswered,
      images_needed: confident.imagesNeeded,
    },
    candidates: candidates && {
      level: CANDIDATE_LEVEL,
      mass: candidates.mass,
      images: hashes.length,
      test: coveragePart(candidates.all),
      unsure: coveragePart(candidates.unsure),
    },
    familiarity: familiarity && { ...familiarity.card, kept: familiar.kept },
  }
}

const coveragePart = (result: Coverage | null) =>
  result && { images: result.images, coverage: result.coverage, mean_size: result.meanSize }
