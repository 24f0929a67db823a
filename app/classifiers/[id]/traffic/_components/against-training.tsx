/** The class distribution of the predictions compared with that of the training set. They differ if the
 *  requests differ from the training data, or if the model is biased. */
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { shareShifts, type ShareShift } from '#lib/domain/evaluation/confusion.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { darkroom } from '#lib/http/context.ts'
import { Card } from '#lib/ui/card.tsx'
import { Chart } from '#lib/ui/chart.tsx'
import { numberText } from '#lib/ui/figure-number.tsx'
import { resultOf, type CurrentUser } from '../../../../current-user.ts'

/** Shares of fewer predictions say little. */
const MIN_PREDICTIONS = 30
const NOTABLE_CHANGE = 0.1

type AgainstTrainingProps = {
  readonly user: CurrentUser
  readonly classifier: ClassifierAnswer
  readonly predictions: readonly { readonly class: string; readonly count: number }[]
}

export async function AgainstTraining({ user, classifier, predictions }: AgainstTrainingProps) {
  const reference = await referenceCounts(user, classifier)
  if (!reference) return null
  const predicted = new Map(predictions.map((one) => [one.class, one.count]))
  const shifts = shareShifts(reference.counts, predicted)
  if (shifts.length === 0) return null
  const inOrder = classifier.classes.flatMap((name) => shifts.find((one) => one.name === name) ?? [])
  const total = predictions.reduce((sum, { count }) => sum + count, 0)
  return (
    <Card>
      <Chart
        kind="bar"
        isShare
        title="Predictions compared with training"
        labelName="Class"
        valueName="Share"
        labels={inOrder.map(({ name }) => name)}
        description={comparisonText(shifts[0]!, total, reference.name)}
        series={[
          { name: 'predictions', values: inOrder.map(({ now }) => now) },
          { name: reference.name, values: inOrder.map(({ before }) => before) },
        ]}
      />
      <p className="small muted">
        These are predicted classes, not true classes: if a class is predicted too often, the model may be
        biased towards this class. Corrections show which is the case.
      </p>
    </Card>
  )
}

/** The training images if they are available here; else the test images of the model card, which have the same
 *  distribution. */
async function referenceCounts(
  user: CurrentUser,
  { id }: ClassifierAnswer,
): Promise<{ readonly counts: ReadonlyMap<string, number>; readonly name: string } | null> {
  const { queries, training } = darkroom()
  const summary = user.isLoggedIn
    ? await resultOf(user.context, () => queries.dataSummary({ classifier: id }))
    : null
  if (summary?.ok && summary.value.has_original_pictures && summary.value.total > 0)
    return {
      counts: new Map(summary.value.per_class.map((one) => [one.class, one.train])),
      name: 'training images',
    }
  const info = await resultOf(user.context, () => training.modelInfo({ classifier: id }, user.context))
  if (!info.ok || !info.value.card.test) return null
  return {
    counts: new Map(info.value.card.test.per_class.map((one) => [one.class, one.images])),
    name: 'test images',
  }
}

function comparisonText({ name, now, before, change }: ShareShift, total: number, reference: string): string {
  const percent = (share: number) => numberText({ share, digits: 0 })
  if (total < MIN_PREDICTIONS)
    return (
      `${counted(total, 'prediction')} ${total === 1 ? 'is' : 'are'} too few to compare with the ${reference}; ` +
      `at least ${MIN_PREDICTIONS} are needed.`
    )
  if (Math.abs(change) < NOTABLE_CHANGE)
    return (
      `The predicted classes are distributed like the ${reference}. The largest difference is “${name}”: ` +
      `${percent(now)} compared with ${percent(before)}.`
    )
  const direction = change > 0 ? 'towards' : 'against'
  return (
    `“${name}” is ${percent(now)} of the predictions but ${percent(before)} of the ${reference}. Either the ` +
    `requests differ from the training data, or the model is biased ${direction} this class.`
  )
}
