/** What a classifier is asked, day by day, and how sure its answers are. */
import Link from 'next/link'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { darkroom } from '#lib/http/context.ts'
import { looksLikeButton } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { Chart } from '#lib/ui/chart.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { answered, type Visitor } from '../../visitor.ts'
import { AgainstTraining } from './against-training.tsx'

const DAYS = 30

export async function TrafficView({
  who,
  classifier,
}: {
  readonly who: Visitor
  readonly classifier: ClassifierAnswer
}) {
  const answer = await answered(who.asked, () =>
    darkroom().data.statistics({ classifier: classifier.id, days: DAYS }, who.asked),
  )
  if (!answer.ok) return <ErrorNotice title="The traffic cannot be shown" failure={answer.failure} />
  const s = answer.value
  if (s.total_predictions === 0) {
    return (
      <EmptyState
        icon="chart"
        title="Nothing was asked yet"
        action={
          <Link href={`/predict?classifier=${classifier.id}`} {...looksLikeButton({ variant: 'primary' })}>
            Ask about a picture
          </Link>
        }
      >
        Once pictures are answered, this shows how many, how surely, and as what.
      </EmptyState>
    )
  }
  const percent = (share: number) => `${Math.round(share * 100)}`
  const busiest = s.by_day.toSorted((a, b) => b.count - a.count)[0]
  const sure = s.confidence_histogram
    .filter(({ from }) => from >= 0.9)
    .reduce((sum, { count }) => sum + count, 0)
  const all = s.confidence_histogram.reduce((sum, { count }) => sum + count, 0)
  const first = s.by_class.toSorted((a, b) => b.count - a.count)[0]
  return (
    <>
      <Card title="So far">
        <dl className="facts">
          <div>
            <dt>Answered</dt>
            <dd>
              <FigureNumber count={s.total_predictions} />
            </dd>
          </div>
          <div>
            <dt>Today</dt>
            <dd>
              <FigureNumber count={s.predictions_today} />
            </dd>
          </div>
          <div>
            <dt>Mean confidence</dt>
            <dd>{s.mean_confidence === null ? '–' : <FigureNumber share={s.mean_confidence} />}</dd>
          </div>
          <div>
            <dt>Half are faster than</dt>
            <dd>{s.latency_ms === null ? '–' : <FigureNumber amount={s.latency_ms.p50} unit="ms" />}</dd>
          </div>
          <div>
            <dt>99 % are faster than</dt>
            <dd>{s.latency_ms === null ? '–' : <FigureNumber amount={s.latency_ms.p99} unit="ms" />}</dd>
          </div>
          <div>
            <dt>Confirmed</dt>
            <dd>
              <FigureNumber count={s.confirmed} />
            </dd>
          </div>
          <div>
            <dt>Corrected</dt>
            <dd>
              <FigureNumber count={s.corrections} />
            </dd>
          </div>
        </dl>
      </Card>
      <Card>
        <Chart
          kind="bar"
          title="Predictions over time"
          labelName="Day"
          valueName="Predictions"
          labels={s.by_day.map(({ day }) => day)}
          series={[{ name: 'predictions', values: s.by_day.map(({ count }) => count) }]}
          description={
            busiest
              ? `Answers a day in the last ${DAYS} days; the most were ` +
                `${busiest.count.toLocaleString('en-GB')}, on ${busiest.day}.`
              : `No answers in the last ${DAYS} days.`
          }
        />
      </Card>
      <div className="columns">
        <Card>
          <Chart
            kind="bar"
            title="Confidence"
            labelName="Confidence, %"
            valueName="Predictions"
            labels={s.confidence_histogram.map(({ from, to }) => `${percent(from)}–${percent(to)}`)}
            series={[{ name: 'predictions', values: s.confidence_histogram.map(({ count }) => count) }]}
            description={
              all > 0
                ? `${Math.round((sure / all) * 100)} % of the answers were at least 90 % sure.`
                : 'No answers to count.'
            }
          />
        </Card>
        <Card>
          <Chart
            kind="bar"
            title="Answers per class"
            labelName="Class"
            valueName="Predictions"
            labels={s.by_class.map((one) => one.class)}
            series={[{ name: 'predictions', values: s.by_class.map(({ count }) => count) }]}
            description={first ? `The most frequent answer is “${first.class}”.` : 'No answers to count.'}
          />
        </Card>
      </div>
      <Card>
        <Chart
          kind="line"
          isShare
          title="Mean confidence a day"
          labelName="Day"
          valueName="Mean confidence"
          labels={s.by_day.map(({ day }) => day)}
          series={[{ name: 'mean confidence', values: s.by_day.map((one) => one.mean_confidence) }]}
          description={trendOf(s.by_day)}
        />
      </Card>
      <AgainstTraining who={who} classifier={classifier} answers={s.by_class} />
    </>
  )
}

/** Whether answers become less sure: the newer half of the days against the older, each answer counting
 *  alike. */
function trendOf(
  days: readonly { readonly count: number; readonly mean_confidence: number | null }[],
): string {
  const meanOf = (some: typeof days): number | null => {
    const count = some.reduce((sum, day) => sum + day.count, 0)
    return count === 0
      ? null
      : some.reduce((sum, day) => sum + (day.mean_confidence ?? 0) * day.count, 0) / count
  }
  const half = Math.floor(days.length / 2)
  const [before, after] = [meanOf(days.slice(0, half)), meanOf(days.slice(-half))]
  if (before === null || after === null)
    return 'How sure the answers of each day were, on average; a fall means pictures unlike those of the training.'
  const change = (after - before) * 100
  const compared =
    Math.abs(change) < 0.5
      ? 'as the'
      : `${Math.abs(change).toFixed(1)} points ${change > 0 ? 'more' : 'less'} than the`
  return (
    `The last ${half} days were ${(after * 100).toFixed(1)} % sure on average, ${compared} ` +
    `${half} before; a fall means pictures unlike those of the training.`
  )
}
