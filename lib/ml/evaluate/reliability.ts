/** The thresholds on a version's card in the form that domain/decision reads. Cards of older versions have fewer. */
import type { Card } from '#lib/contracts/bundle.ts'
import type { InferencePrecision } from '#lib/contracts/precision.ts'
import type { ReliabilityThresholds } from '#lib/domain/evaluation/decision.ts'

/** What the card says about predictions with this precision. */
export const cardAt = <C extends Pick<Card, ReliabilityPart | 'int8'>>(
  card: C,
  precision: InferencePrecision,
): Pick<Card, ReliabilityPart> => (precision === 'int8' && card.int8 ? card.int8 : card)

type ReliabilityPart = 'calibration' | 'thresholds_from' | 'decision' | 'candidates' | 'familiarity'

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
