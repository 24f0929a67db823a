/**
 * The measurements of a card, as lines for a terminal. Null values are printed with the reason why they are
 * missing.
 */
import type { Card } from '#lib/contracts/bundle.ts'
import { int8Sentence } from '#lib/domain/evaluation/int8.ts'
import type { Interval } from '#lib/domain/evaluation/statistics.ts'

export const percent = (share: number): string => `${(share * 100).toFixed(2)} %`
export const withInterval = ({ value, low, high }: Interval): string =>
  `${percent(value)} (${percent(low)} to ${percent(high)})`

export function cardInWords(card: Card): string[] {
  const { test, calibration, decision, candidates, familiarity, robustness } = card
  return [
    test
      ? `  accuracy      ${withInterval(test.accuracy)} on ${test.images.toLocaleString('en')} test ` +
        `images, loss ${test.loss.toFixed(4)}`
      : '  accuracy      no test images',
    ...(test?.mirrored
      ? [
          `  mirrored      ${withInterval(test.mirrored)} if each prediction is the mean over an image ` +
            'and its mirror image (predictions do not do this)',
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
      ? `  calibration   error ${calibration.ece_before.toFixed(4)} → ` +
        `${calibration.ece_after.toFixed(4)} at temperature ${calibration.temperature.toFixed(3)}, ` +
        `fitted on ${calibration.images} images`
      : '  calibration   too few validation images',
    `  confident     ${confident(decision)}`,
    `  candidates    ${candidateLine(candidates)}`,
    `  familiarity   ${familiar(familiarity)}`,
    ...(familiarity?.foreign ?? []).map(foreignLine),
    `  precision     ${int8Sentence(card.int8)}`,
    ...(robustness
      ? [
          `  robustness    ${percent(robustness.accuracy.value)} on ` +
            `${robustness.images.toLocaleString('en')} unmodified test images`,
          ...robustness.disturbances.map(
            ({ kind, levels }) =>
              `    ${kind.padEnd(11)} ` +
              `${levels.map(({ amount, accuracy }) => `${percent(accuracy.value)} at ${amount}`).join(', ')}`,
          ),
        ]
      : [`  robustness    ${missing(robustness)}`]),
  ]
}

function confident(decision: Card['decision']): string {
  if (!decision) return missing(decision)
  if (decision.threshold === null)
    return (
      `none: no confidence threshold reaches ${percent(1 - decision.target_error)} accuracy` +
      (decision.images_needed
        ? `; about ${decision.images_needed.toLocaleString('en')} validation images may be enough`
        : '')
    )
  const measured =
    decision.share_answered === null || decision.error_among_answered === null
      ? ''
      : `: ${percent(decision.share_answered)} of the test images, ` +
        `${percent(decision.error_among_answered)} of them incorrect`
  return `from ${percent(decision.threshold)}${measured}`
}

function familiar(familiarity: Card['familiarity']): string {
  if (!familiarity) return missing(familiarity)
  const within = familiarity.kept ? `; ${percent(familiarity.kept.value)} of the test images are` : ''
  const threshold =
    familiarity.threshold === null
      ? 'no threshold, too few validation images'
      : `up to ${familiarity.threshold.toFixed(4)}${within}`
  const centred = familiarity.is_centred ? ', from their centre' : ''
  const references = familiarity.references.toLocaleString('en')
  return `${threshold} (neighbour ${familiarity.neighbour} of ${references}${centred})`
}

function foreignLine(one: NonNullable<NonNullable<Card['familiarity']>['foreign']>[number]): string {
  const unfamiliar =
    one.found === null
      ? ''
      : `, ${percent(one.found)} of ${one.images.toLocaleString('en')} detected as unfamiliar`
  return `    ${one.name}: distinguished from the test images with AUROC ${one.auroc.toFixed(4)}${unfamiliar}`
}

function candidateLine(candidates: Card['candidates']): string {
  if (!candidates) return missing(candidates)
  const { test, unsure } = candidates
  const all = test
    ? `contain the true class of ${withInterval(test.coverage)}, ${test.mean_size.toFixed(2)} classes on average`
    : 'no test images'
  const ofUnsure = unsure
    ? `; of uncertain predictions ${percent(unsure.coverage.value)}, ${unsure.mean_size.toFixed(2)} classes`
    : ''
  return all + ofUnsure
}

const missing = (part: unknown): string =>
  part === undefined ? 'not measured for this version' : 'too few images'
