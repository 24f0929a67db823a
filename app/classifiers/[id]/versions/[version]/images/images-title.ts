/** What a list of evaluated images shows, in words. Pure. */
import type { EvaluationSource } from '#lib/contracts/version-result.ts'

const OUTCOMES = ['all', 'correct', 'incorrect'] as const
type Outcome = (typeof OUTCOMES)[number]

export type ImagesFilter = {
  readonly label: string | undefined
  readonly predicted: string | undefined
  readonly outcome: Outcome
}

/** Of an address; anything else than an outcome shows all images. */
export const outcomeOf = (named: string | undefined): Outcome =>
  OUTCOMES.find((outcome) => outcome === named) ?? 'all'

/** Of an address; undefined: the images of the confusion matrix. */
export const sourceOf = (named: string | undefined): EvaluationSource | undefined =>
  named === 'test' || named === 'cross_validation' ? named : undefined

const TITLES: Readonly<Record<Outcome, string>> = {
  all: 'Evaluated images',
  correct: 'Correct predictions',
  incorrect: 'Mistakes',
}

export function imagesTitle({ label, predicted, outcome }: ImagesFilter): string {
  if (label !== undefined && predicted !== undefined)
    return label === predicted ? `“${label}”, recognised` : `“${label}” predicted as “${predicted}”`
  if (label !== undefined) return `${TITLES[outcome]} of “${label}”`
  if (predicted !== undefined) return `${TITLES[outcome]} as “${predicted}”`
  return TITLES[outcome]
}
