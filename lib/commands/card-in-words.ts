/** What a card has measured, as lines for a terminal. Null says why it is not there. */
import type { Card } from '#lib/contracts/bundle.ts'
import type { Interval } from '#lib/domain/statistics.ts'

export const percent = (share: number): string => `${(share * 100).toFixed(2)} %`
export const withInterval = ({ value, low, high }: Interval): string =>
  `${percent(value)} (${percent(low)} to ${percent(high)})`

export function cardInWords(card: Card): string[] {
  const { test, calibration, decision, candidates, familiarity, robustness } = card
  return [
    test
      ? `  accuracy      ${withInterval(test.accuracy)} of ${test.images.toLocaleString('en')} test ` +
        `pictures, loss ${test.loss.toFixed(4)}`
      : '  accuracy      no test pictures',
    ...(test?.mirrored
      ? [
          `  mirrored      ${withInterval(test.mirrored)} where each answer is the mean of a picture's ` +
            "and its mirror image's (predictions are not made so)",
        ]
      : []),
    ...(test?.macro && test.weighted
      ? [
          `  macro         precision ${percent(test.macro.precision)}, recall ` +
            `${percent(test.macro.recall)}, F1 ${percent(test.macro.f1)}`,
          `  weighted      precision ${percent(test.weighted.precision)}, recall ` +
            `${percent(test.weighted.recall)}, F1 ${percent(test.weighted.f1)}`,
        ]
      : []),
    calibration
      ? `  calibration   error ${calibration.ece_before.toFixed(4)} → ${calibration.ece_after.toFixed(4)} ` +
        `at temperature ${calibration.temperature.toFixed(3)}, fitted to ${calibration.images} pictures`
      : '  calibration   too few held-back pictures',
    `  confident     ${confident(decision)}`,
    `  candidates    ${candidateLine(candidates)}`,
    `  familiarity   ${familiar(familiarity)}`,
    ...(familiarity?.foreign ?? []).map(foreignLine),
    ...(robustness
      ? [
          `  disturbed     of ${robustness.images.toLocaleString('en')} test pictures ` +
            `${percent(robustness.accuracy.value)} undisturbed`,
          ...robustness.disturbances.map(
            ({ kind, levels }) =>
              `    ${kind.padEnd(11)} ` +
              `${levels.map(({ amount, accuracy }) => `${percent(accuracy.value)} at ${amount}`).join(', ')}`,
          ),
        ]
      : [`  disturbed     ${missing(robustness)}`]),
  ]
}

function confident(decision: Card['decision']): string {
  if (!decision) return missing(decision)
  if (decision.threshold === null)
    return (
      `nothing: no confidence suffices for ${percent(1 - decision.target_error)} right` +
      (decision.images_needed
        ? `; about ${decision.images_needed.toLocaleString('en')} validation pictures might do`
        : '')
    )
  const measured =
    decision.share_answered === null || decision.error_among_answered === null
      ? ''
      : `: ${percent(decision.share_answered)} of the test pictures, ` +
        `${percent(decision.error_among_answered)} of these wrong`
  return `from ${percent(decision.threshold)} on${measured}`
}

function familiar(familiarity: Card['familiarity']): string {
  if (!familiarity) return missing(familiarity)
  const kept = familiarity.kept ? `; ${percent(familiarity.kept.value)} of the test pictures are` : ''
  const threshold =
    familiarity.threshold === null
      ? 'no threshold, too few held-back pictures'
      : `up to ${familiarity.threshold.toFixed(4)}${kept}`
  const centred = familiarity.is_centred ? ', from their centre' : ''
  const references = familiarity.references.toLocaleString('en')
  return `${threshold} (neighbour ${familiarity.neighbour} of ${references}${centred})`
}

function foreignLine(one: NonNullable<NonNullable<Card['familiarity']>['foreign']>[number]): string {
  const unfamiliar =
    one.found === null ? '' : `, ${percent(one.found)} of ${one.images.toLocaleString('en')} found unfamiliar`
  return (
    `    ${one.name}: told from the test pictures by ${one.auroc.toFixed(4)} ` +
    `(area under the ROC curve)${unfamiliar}`
  )
}

function candidateLine(candidates: Card['candidates']): string {
  if (!candidates) return missing(candidates)
  const { test, unsure } = candidates
  const all = test
    ? `hold the true class of ${withInterval(test.coverage)}, ${test.mean_size.toFixed(2)} classes on average`
    : 'no test pictures'
  const ofUnsure = unsure
    ? `; of unsure answers ${percent(unsure.coverage.value)}, ${unsure.mean_size.toFixed(2)} classes`
    : ''
  return all + ofUnsure
}

const missing = (part: unknown): string =>
  part === undefined ? 'not measured when it was sealed' : 'too few pictures'
