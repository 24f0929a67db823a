/** The verdict of a version where there is no other one to compare it with: its measured accuracy. */
import type { VerdictAnswer } from '#lib/contracts/models.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import { compare } from '#lib/domain/evaluation/gate.ts'
import { verdictAnswer } from './compare.ts'

export function firstVerdict({ card }: Pick<VersionWithCard, 'card'>): VerdictAnswer {
  const verdict = verdictAnswer({ kind: 'first' }, compare([], null))
  const accuracy = card.test?.accuracy ?? card.folds?.accuracy
  if (!accuracy) return verdict
  const [value, low, high] = [accuracy.value, accuracy.low, accuracy.high].map((share) =>
    Math.round(100 * share),
  )
  const images = card.test
    ? `${card.test.images} test images`
    : `${card.folds?.images ?? 0} different images, each by a model that was trained without it`
  const balanced = card.test ? null : (card.folds?.balanced_accuracy ?? null)
  const each = balanced
    ? ` Some classes have far more images than others: if each class counted the same, it would be ` +
      `${Math.round(100 * balanced.value)} % (${Math.round(100 * balanced.low)} to ` +
      `${Math.round(100 * balanced.high)} %).`
    : ''
  return {
    ...verdict,
    sentence:
      `${verdict.sentence} It classifies ${value} % correctly (95 % interval: ${low} to ${high} %; ` +
      `${images}).${each}`,
  }
}
