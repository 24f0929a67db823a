/** Whether predictions are as reliable as their version's card states, counted over images that it was not
 *  trained on. The rule is domain/decision. */
import type { Card } from '#lib/contracts/bundle.ts'
import { answersAt, type Logits } from '#lib/domain/evaluation/calibration.ts'
import { coverageOf, withChances } from '#lib/domain/evaluation/conformal.ts'
import { decide } from '#lib/domain/evaluation/decision.ts'
import { thresholdsOf } from '#lib/ml/evaluate/reliability.ts'

export type ReliabilityInput = {
  readonly logits: Logits
  readonly labels: Int32Array
  readonly hashes: readonly string[]
  readonly distances: readonly (number | null)[]
}

/** Each is `null` when the card makes no such statement. */
export type ReliabilityFigures = {
  readonly share_answered: number | null
  readonly error_among_answered: number | null
  readonly coverage: number | null
  readonly mean_size: number | null
  readonly share_unfamiliar: number | null
}

export function measureReliability(
  { logits, labels, hashes, distances }: ReliabilityInput,
  card: Pick<Card, 'calibration' | 'decision' | 'candidates' | 'familiarity'>,
): ReliabilityFigures {
  const statements = thresholdsOf(card)
  const answers = withChances(answersAt(logits, labels, card.calibration?.temperature ?? 1), hashes)
  let [confident, incorrect, unfamiliar] = [0, 0, 0]
  answers.forEach(({ probabilities, label, chance }, i) => {
    const { decision, candidates } = decide(probabilities, statements, {
      chance: () => chance,
      distance: distances[i] ?? null,
      problem: null,
    })
    if (decision === 'unfamiliar') unfamiliar += 1
    if (decision !== 'confident') return
    confident += 1
    if (candidates![0] !== label) incorrect += 1
  })
  const mass = statements.candidateMass
  const covered = mass === null ? null : coverageOf(answers, mass)
  return {
    share_answered: statements.sureness?.threshold == null ? null : confident / logits.count,
    error_among_answered: confident === 0 ? null : incorrect / confident,
    coverage: covered?.coverage.value ?? null,
    mean_size: covered?.meanSize ?? null,
    share_unfamiliar: statements.familiarUpTo === null ? null : unfamiliar / logits.count,
  }
}
