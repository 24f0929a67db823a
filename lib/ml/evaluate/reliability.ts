/** The thresholds on a version's card in the form that domain/decision reads. Cards of older versions have fewer. */
import type { Card } from '#lib/contracts/bundle.ts'
import type { ReliabilityThresholds } from '#lib/domain/decision.ts'

export function thresholdsOf({
  calibration,
  decision,
  candidates,
  familiarity,
}: Pick<Card, 'calibration' | 'decision' | 'candidates' | 'familiarity'>): ReliabilityThresholds {
  return {
    sureness: decision && {
      threshold: decision.threshold,
      targetError: decision.target_error,
      images: calibration?.images ?? 0,
    },
    candidateMass: candidates?.mass ?? null,
    familiarUpTo: familiarity?.threshold ?? null,
  }
}
