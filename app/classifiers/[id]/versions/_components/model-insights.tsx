/** The evaluation of a version in sentences: confused classes, lowest recall, overfitting, calibration and
 *  confidence threshold. */
import type { Card as VersionCard } from '#lib/contracts/bundle.ts'
import { confusedPairs, type ConfusedPair } from '#lib/domain/evaluation/confusion.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { Card } from '#lib/ui/card.tsx'
import { numberText } from '#lib/ui/figure-number.tsx'

const MAX_PAIRS = 4
/** Training accuracy minus validation accuracy from which a version counts as overfitted. */
const OVERFITTING_GAP = 0.05

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
  const sentences = [...lowestRecall(test), ...overfitting(card), ...calibration(card), ...threshold(card)]
  return (
    <Card title="Summary">
      {pairs.length === 0 ? (
        <p>
          All test images were classified correctly. Either the task is easy, or{' '}
          {counted(test.images, 'test image')} {test.images === 1 ? 'is' : 'are'} not enough to show the
          limits.
        </p>
      ) : (
        <div className="grid gap-2">
          <p>Most frequent confusions on {counted(test.images, 'test image')}:</p>
          <ul className="grid gap-1 list-disc pl-5">
            {pairs.slice(0, MAX_PAIRS).map((pair) => (
              <li key={`${pair.truth} ${pair.answer}`}>{confusionText(pair)}</li>
            ))}
          </ul>
          {pairs.length > MAX_PAIRS && (
            <p className="small muted">
              {counted(pairs.length - MAX_PAIRS, 'more pair')} in the confusion matrix below.
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

const percent = (share: number, digits = 1): string => numberText({ share, digits })
const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)

function confusionText({ truth, answer, there, of, back, ofBack }: ConfusedPair): string {
  const share = percent(there / of)
  const forward = `“${truth}” was classified as “${answer}” ${times(there)} (${share} of its images)`
  return back === 0
    ? `${forward}, never the other way round.`
    : `${forward}, the other way round ${times(back)} (${percent(back / ofBack)}).`
}

function lowestRecall({ per_class: perClass }: Test): readonly string[] {
  const sorted = perClass
    .flatMap((row) => (row.recall === null ? [] : [{ ...row, recall: row.recall }]))
    .toSorted((a, b) => a.recall - b.recall)
  const worst = sorted[0]
  if (!worst || worst.recall === 1 || worst.recall === sorted.at(-1)?.recall) return []
  const missed = worst.images - Math.round(worst.recall * worst.images)
  return [
    `Lowest recall: “${worst.class}” with ${percent(worst.recall)} (${missed} of ${counted(worst.images, 'image')} ` +
      `${missed === 1 ? 'was' : 'were'} missed). More images of this class, and more varied ones, help most.`,
  ]
}

function overfitting({ curves, best_epoch: bestEpoch }: VersionCard): readonly string[] {
  const best = curves.find(({ epoch }) => epoch === bestEpoch)
  if (!best || best.accuracy === null) return []
  const gap = best.accuracy - best.val_accuracy
  const accuracies =
    `Accuracy is ${percent(best.accuracy)} on the training set and ${percent(best.val_accuracy)} on the ` +
    'validation set'
  return gap >= OVERFITTING_GAP
    ? [`${accuracies}: the model overfits. More images help.`]
    : [`${accuracies}: no sign of overfitting. (Training images are augmented, which makes them harder.)`]
}

function calibration({ calibration: measured, test }: VersionCard): readonly string[] {
  if (!measured || test?.ece == null) return []
  const error = (test.ece * 100).toFixed(1)
  return [
    `The mean calibration error is ${error} points. Near 0, predictions with a confidence of 80 % are ` +
      'correct in about 80 % of cases.',
  ]
}

function threshold({ decision }: VersionCard): readonly string[] {
  if (
    !decision ||
    decision.threshold === null ||
    decision.share_answered === null ||
    decision.error_among_answered === null
  )
    return []
  return [
    `Predictions count as confident from ${percent(decision.threshold, 0)}: that is ` +
      `${percent(decision.share_answered, 0)} of the predictions, and ` +
      `${percent(decision.error_among_answered)} of those are incorrect.`,
  ]
}
