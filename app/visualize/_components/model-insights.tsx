/** What the numbers of a version say, in sentences: what it mixes up, what it finds worst, whether it learnt
 *  by heart, how honest its confidence is. */
import type { Card as VersionCard } from '#lib/contracts/bundle.ts'
import { confusedPairs, type ConfusedPair } from '#lib/domain/confusion.ts'
import { counted } from '#lib/domain/counted.ts'
import { Card } from '#lib/ui/card.tsx'

const PAIRS = 4
/** Accuracy on pictures that it learnt from above that on others, from which it is worth a word. */
const BY_HEART = 0.05

type Test = NonNullable<VersionCard['test']>

export function ModelInsights({
  classes,
  test,
  card,
}: {
  readonly classes: readonly string[]
  readonly test: Test
  readonly card: VersionCard
}) {
  const pairs = confusedPairs(classes, test.confusion)
  const sentences = [...worstFound(test), ...byHeart(card), ...honesty(card), ...hesitation(card)]
  return (
    <Card title="In words">
      {pairs.length === 0 ? (
        <p>
          No test picture was answered wrongly: either the task is easy, or {counted(test.images, 'picture')}{' '}
          {test.images === 1 ? 'is' : 'are'} too few to find its limits.
        </p>
      ) : (
        <div className="grid gap-2">
          <p>Most often mixed up, of {counted(test.images, 'test picture')}:</p>
          <ul className="grid gap-1 list-disc pl-5">
            {pairs.slice(0, PAIRS).map((pair) => (
              <li key={`${pair.truth} ${pair.answer}`}>{mixedUp(pair)}</li>
            ))}
          </ul>
          {pairs.length > PAIRS && (
            <p className="small muted">
              and {pairs.length - PAIRS} more {pairs.length - PAIRS === 1 ? 'pair' : 'pairs'}, in the matrix
              below.
            </p>
          )}
        </div>
      )}
      {sentences.length > 0 && (
        <ul className="grid gap-1 list-disc pl-5">
          {sentences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
    </Card>
  )
}

const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`

const timesOf = (count: number): string => (count === 1 ? 'once' : `${count} times`)

function mixedUp({ truth, answer, there, of, back, ofBack }: ConfusedPair): string {
  const otherWay =
    back === 0
      ? 'never the other way round'
      : `the other way round ${timesOf(back)} (${percent(back / ofBack)})`
  return (
    `“${truth}” was taken for “${answer}” ${timesOf(there)} (${percent(there / of)} of its pictures), ` +
    `${otherWay}.`
  )
}

function worstFound({ per_class: perClass }: Test): readonly string[] {
  const sorted = perClass
    .flatMap((row) => (row.recall === null ? [] : [{ ...row, recall: row.recall }]))
    .toSorted((a, b) => a.recall - b.recall)
  const worst = sorted[0]
  if (!worst || worst.recall === 1 || worst.recall === sorted.at(-1)?.recall) return []
  const missed = worst.images - Math.round(worst.recall * worst.images)
  return [
    `Of “${worst.class}” it finds the smallest part: ${percent(worst.recall)}; it missed ${missed} of ` +
      `${worst.images}. More, and more different, pictures of it help most.`,
  ]
}

function byHeart({ curves, best_epoch: bestEpoch }: VersionCard): readonly string[] {
  const best = curves.find(({ epoch }) => epoch === bestEpoch)
  if (!best || best.accuracy === null) return []
  const gap = best.accuracy - best.val_accuracy
  return gap >= BY_HEART
    ? [
        `It is right on ${percent(best.accuracy)} of the pictures that it learnt from and on ` +
          `${percent(best.val_accuracy)} of others: it learnt some of them by heart. More pictures help.`,
      ]
    : [
        `It does about as well on pictures that it did not learn from (${percent(best.val_accuracy)}) ` +
          `as on those that it did (${percent(best.accuracy)}, made harder on purpose): it did not learn ` +
          'by heart.',
      ]
}

function honesty({ calibration, test }: VersionCard): readonly string[] {
  if (!calibration || test?.ece == null) return []
  return [
    `Its confidence is off by ${(test.ece * 100).toFixed(1)} points on average: of answers that say 80 ` +
      '%, about 80 in 100 are right when this is near 0.',
  ]
}

function hesitation({ decision }: VersionCard): readonly string[] {
  if (
    !decision ||
    decision.threshold === null ||
    decision.share_answered === null ||
    decision.error_among_answered === null
  )
    return []
  return [
    `It calls itself confident from ${percent(decision.threshold, 0)} on: that is ` +
      `${percent(decision.share_answered, 0)} of its answers, and ` +
      `${percent(decision.error_among_answered)} of those are wrong.`,
  ]
}
