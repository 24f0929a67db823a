'use client'
/** Charts of the last 15 minutes: traffic, latency, system load. */
import { counted } from '#lib/domain/text/count-text.ts'
import { Card } from '#lib/ui/card.tsx'
import { Chart } from '#lib/ui/chart.tsx'
import { PhoneFold } from '#lib/ui/phone-fold.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { timeText } from '#lib/ui/time.tsx'
import type { MetricsSample } from './use-metrics.ts'

/** A line of a few hundred pixels cannot show more. */
const MAX_POINTS = 150
/** A chart is drawn from this much on, and full with the other. */
const MIN_MS = 60_000
const FULL_MINUTES = 14

export function MonitorCharts({ samples }: { readonly samples: readonly MetricsSample[] }) {
  const reachesMs = Date.parse(samples.at(-1)!.timestamp) - Date.parse(samples[0]!.timestamp)
  if (reachesMs < MIN_MS) return <FirstMinute seconds={Math.floor(reachesMs / 1000)} />
  const shown = thinned(samples)
  const labels = shown.map(({ timestamp }) => timeText(timestamp, 'time'))
  const newest = shown.at(-1)!
  const busiest = Math.max(...samples.map((one) => one.requests.per_second))
  const slowest = Math.max(...samples.map((one) => one.predictions.latency_ms?.p99 ?? 0))
  const hottest = Math.max(...samples.map((one) => one.cpu_percent))
  const minutes = Math.floor(reachesMs / 60_000)
  return (
    <PhoneFold title="Charts of the last 15 minutes">
      <Card>
        <Chart
          kind="line"
          title="Traffic"
          labelName="Time"
          valueName="Per second"
          labels={labels}
          description={
            'Requests and predictions per second, averaged over ten seconds. Maximum: ' +
            `${busiest.toFixed(1)} requests. Now: ${newest.requests.per_second.toFixed(1)}.`
          }
          series={[
            { name: 'requests', values: shown.map((one) => one.requests.per_second) },
            { name: 'predictions', values: shown.map((one) => one.predictions.per_second) },
          ]}
        />
        {minutes < FULL_MINUTES && (
          <p className="small muted">
            The charts show {counted(minutes, 'minute')} so far, and up to 15 minutes later.
          </p>
        )}
      </Card>
      <div className="columns">
        {slowest === 0 ? (
          <Card title="Latency">
            <p className="muted">No predictions yet. The chart appears after the first one.</p>
          </Card>
        ) : (
          <Card>
            <Chart
              kind="line"
              title="Latency"
              labelName="Time"
              valueName="Milliseconds"
              labels={labels}
              description={latencyText(slowest)}
              series={(['p50', 'p95', 'p99'] as const).map((name) => ({
                name,
                values: shown.map((one) => one.predictions.latency_ms?.[name] ?? null),
              }))}
            />
          </Card>
        )}
        <Card>
          <Chart
            kind="line"
            title="System load"
            labelName="Time"
            valueName="Percent"
            labels={labels}
            description={loadText(hottest)}
            series={[
              { name: 'CPU', values: shown.map((one) => one.cpu_percent) },
              { name: 'memory', values: shown.map((one) => one.memory_percent) },
            ]}
          />
        </Card>
      </div>
    </PhoneFold>
  )
}

const latencyText = (p99: number): string =>
  `Latency of recent predictions, from upload to result. The p99 was at most ${p99.toFixed(1)} ms.`
const loadText = (cpu: number): string =>
  `Load of the whole machine, including other programs. The CPU load was at most ${cpu.toFixed(0)} %.`

/** Shown instead of charts until they have enough points. */
function FirstMinute({ seconds }: { seconds: number }) {
  return (
    <Card title="Charts">
      <Progress
        label="Collecting data"
        percent={(100_000 * seconds) / MIN_MS}
        detail={`${seconds} of ${MIN_MS / 1000} s`}
      />
      <p className="small muted">The charts of traffic, latency and system load appear after one minute.</p>
    </Card>
  )
}

/** Every n-th, counted from the newest. */
function thinned(figures: readonly MetricsSample[]): readonly MetricsSample[] {
  const step = Math.ceil(figures.length / MAX_POINTS)
  return figures.filter((_, i) => (figures.length - 1 - i) % step === 0)
}
