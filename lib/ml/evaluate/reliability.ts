/** What a version's card promises of its answers, as domain/decision reads it. Cards of older versions promise less. */
import type { Card } from '#lib/contracts/bundle.ts'
import type { Promises } from '#lib/domain/decision.ts'

export function promisesOf({
  calibration,
  decision,
  candidates,
  familiarity,
}: Pick<Card, 'calibration' | 'decision' | 'candidates' | 'familiarity'>): Promises {
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
