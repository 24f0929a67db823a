/** The shares of the answers against those of the pictures learnt from: what is asked may be unlike what was
 *  learnt. */
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { shareShifts, type ShareShift } from '#lib/domain/confusion.ts'
import { counted } from '#lib/domain/counted.ts'
import { darkroom } from '#lib/http/context.ts'
import { Card } from '#lib/ui/card.tsx'
import { Chart } from '#lib/ui/chart.tsx'
import { answered, type Visitor } from '../../visitor.ts'

/** A share of a few answers says little. */
const FEWEST_ANSWERS = 30
const REMARKABLE = 0.1

type AgainstProps = {
  readonly who: Visitor
  readonly classifier: ClassifierAnswer
  readonly answers: readonly { readonly class: string; readonly count: number }[]
}

export async function AgainstTraining({ who, classifier, answers }: AgainstProps) {
  const learnt = await learntFrom(who, classifier)
  if (!learnt) return null
  const given = new Map(answers.map((one) => [one.class, one.count]))
  const shifts = shareShifts(learnt.counts, given)
  if (shifts.length === 0) return null
  const inOrder = classifier.classes.flatMap((name) => shifts.find((one) => one.name === name) ?? [])
  const all = answers.reduce((sum, { count }) => sum + count, 0)
  return (
    <Card>
      <Chart
        kind="bar"
        isShare
        title="Answers against the training"
        labelName="Class"
        valueName="Share"
        labels={inOrder.map(({ name }) => name)}
        description={inWords(shifts[0]!, all, learnt.of)}
        series={[
          { name: 'of the answers', values: inOrder.map(({ now }) => now) },
          { name: `of the ${learnt.of}`, values: inOrder.map(({ before }) => before) },
        ]}
      />
      <p className="small muted">
        Answers are what the model took the pictures for, not what they were: a class that it likes too well
        shows here too. Corrections tell the two apart.
      </p>
    </Card>
  )
}

/** The pictures here, where they are those that it learnt from; else the test pictures of its card, which
 *  were drawn alike. */
async function learntFrom(
  who: Visitor,
  { id }: ClassifierAnswer,
): Promise<{ readonly counts: ReadonlyMap<string, number>; readonly of: string } | null> {
  const { data, training } = darkroom()
  const summary = who.isKnown
    ? await answered(who.asked, () => data.dataSummary({ classifier: id }, who.asked))
    : null
  if (summary?.ok && summary.value.has_original_pictures && summary.value.total > 0)
    return {
      counts: new Map(summary.value.per_class.map((one) => [one.class, one.train])),
      of: 'pictures learnt from',
    }
  const info = await answered(who.asked, () => training.modelInfo({ classifier: id }, who.asked))
  if (!info.ok || !info.value.card.test) return null
  return {
    counts: new Map(info.value.card.test.per_class.map((one) => [one.class, one.images])),
    of: 'test pictures',
  }
}

function inWords({ name, now, before, change }: ShareShift, all: number, of: string): string {
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`
  if (all < FEWEST_ANSWERS)
    return (
      `${counted(all, 'answer')} ${all === 1 ? 'is' : 'are'} too few to compare with the ${of}; ` +
      `${FEWEST_ANSWERS} would begin to tell.`
    )
  if (Math.abs(change) < REMARKABLE)
    return (
      `The classes are answered about as often as they stand among the ${of}; the largest difference is “${name}”, ` +
      `${percent(now)} against ${percent(before)}.`
    )
  return (
    `“${name}” is ${percent(now)} of the answers but ${percent(before)} of the ${of}: what is asked ` +
    `differs from what was learnt, or the model leans ${change > 0 ? 'towards' : 'away from'} it.`
  )
}
