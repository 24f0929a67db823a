/** Whether predictions are as reliable as their version's card states, counted over images that it was not
 *  trained on. The rule is domain/decision. */
import type { Card } from '#lib/contracts/bundle.ts'
import { softmax, type Logits } from '#lib/domain/calibration.ts'
import { chanceOf, coverageOf } from '#lib/domain/conformal.ts'
import { decide } from '#lib/domain/decision.ts'
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
  const temperature = card.calibration?.temperature ?? 1
  const chances = hashes.map(chanceOf)
  let [confident, incorrect, unfamiliar] = [0, 0, 0]
  for (let i = 0; i < logits.count; i++) {
    const probabilities = softmax(
      logits.values.subarray(i * logits.classes, (i + 1) * logits.classes),
      temperature,
    )
    const { decision, candidates } = decide(probabilities, statements, {
      chance: () => chances[i]!,
      distance: distances[i] ?? null,
      problem: null,
    })
    if (decision === 'unfamiliar') unfamiliar += 1
    if (decision !== 'confident') continue
    confident += 1
    if (candidates![0] !== labels[i]) incorrect += 1
  }
  const mass = statements.candidateMass
  const covered = mass === null ? null : coverageOf({ logits, labels, chances }, { temperature, mass })
  return {
    share_answered: statements.sureness?.threshold == null ? null : confident / logits.count,
    error_among_answered: confident === 0 ? null : incorrect / confident,
    coverage: covered?.coverage.value ?? null,
    mean_size: covered?.meanSize ?? null,
    share_unfamiliar: statements.familiarUpTo === null ? null : unfamiliar / logits.count,
  }
}
