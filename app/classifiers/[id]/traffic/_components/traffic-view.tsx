/** The predictions of a classifier: number per day, confidence and class distribution. */
import Link from 'next/link'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { Chart } from '#lib/ui/chart.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { Fact, Facts } from '#lib/ui/facts.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { FigureNumber, numberText } from '#lib/ui/figure-number.tsx'
import { PhoneFold } from '#lib/ui/phone-fold.tsx'
import { resultOf, type CurrentUser } from '../../../../current-user.ts'
import { AgainstTraining } from './against-training.tsx'

const DAYS = 30
const MEANING = 'A drop may mean that the images differ from the training data.'

export async function TrafficView({
  user,
  classifier,
}: {
  readonly user: CurrentUser
  readonly classifier: ClassifierAnswer
}) {
  const answer = await resultOf(user.context, () =>
    darkroom().queries.statistics({ classifier: classifier.id, days: DAYS }),
  )
  if (!answer.ok) return <ErrorNotice title="The traffic cannot be shown" failure={answer.failure} />
  const s = answer.value
  if (s.total_predictions === 0) {
    return (
      <EmptyState
        icon="chart"
        title="No predictions yet"
        action={
          <Link href={classifierPage(classifier.id, 'predict')} {...buttonProps({ variant: 'primary' })}>
            Predict
          </Link>
        }
      >
        The number of predictions, their confidence and their classes appear here.
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
      <Card title="Total">
        <Facts>
          <Fact name="Predictions">
            <FigureNumber count={s.total_predictions} />
          </Fact>
          <Fact name="Today">
            <FigureNumber count={s.predictions_today} />
          </Fact>
          <Fact name="Mean confidence">
            {s.mean_confidence === null ? '–' : <FigureNumber share={s.mean_confidence} />}
          </Fact>
          <Fact name="Median latency (p50)">
            {s.latency_ms === null ? '–' : <FigureNumber amount={s.latency_ms.p50} unit="ms" />}
          </Fact>
          <Fact name="99th percentile latency (p99)">
            {s.latency_ms === null ? '–' : <FigureNumber amount={s.latency_ms.p99} unit="ms" />}
          </Fact>
          <Fact name="Confirmed">
            <FigureNumber count={s.confirmed} />
          </Fact>
          <Fact name="Corrected">
            <FigureNumber count={s.corrections} />
          </Fact>
        </Facts>
      </Card>
      <Card>
        <Chart
          kind="bar"
          title="Predictions over time"
          labelName="Day"
          valueName="Predictions"
          labels={s.by_day.map(({ day }) => day)}
          labelFormat="day"
          series={[{ name: 'predictions', values: s.by_day.map(({ count }) => count) }]}
          description={
            busiest
              ? `Predictions per day in the last ${DAYS} days; at most ${numberText({ count: busiest.count })}.`
              : `No predictions in the last ${DAYS} days.`
          }
        />
      </Card>
      <PhoneFold title="Confidence and classes">
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
                  ? `${Math.round((sure / all) * 100)} % of the predictions had a confidence of at least 90 %.`
                  : 'No predictions yet.'
              }
            />
          </Card>
          <Card>
            <Chart
              kind="bar"
              title="Predictions per class"
              labelName="Class"
              valueName="Predictions"
              labels={s.by_class.map((one) => one.class)}
              series={[{ name: 'predictions', values: s.by_class.map(({ count }) => count) }]}
              description={first ? `The most frequent class is “${first.class}”.` : 'No predictions yet.'}
            />
          </Card>
        </div>
      </PhoneFold>
      <Card>
        <Chart
          kind="line"
          isShare
          title="Mean confidence per day"
          labelName="Day"
          valueName="Mean confidence"
          labels={s.by_day.map(({ day }) => day)}
          labelFormat="day"
          series={[{ name: 'mean confidence', values: s.by_day.map((one) => one.mean_confidence) }]}
          description={trendOf(s.by_day)}
        />
      </Card>
      <AgainstTraining user={user} classifier={classifier} predictions={s.by_class} />
    </>
  )
}

/** Whether the confidence falls: the newer half of the days compared with the older, weighted by predictions. */
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
  if (before === null || after === null) return `Mean confidence of the predictions of each day. ${MEANING}`
  const change = (after - before) * 100
  const points = Math.abs(change).toFixed(1)
  const comparison =
    Math.abs(change) < 0.5 ? 'the same as' : `${points} points ${change > 0 ? 'higher than' : 'lower than'}`
  const mean = numberText({ share: after })
  return `In the last ${half} days it was ${mean}, ${comparison} in the ${half} days before. ${MEANING}`
}
