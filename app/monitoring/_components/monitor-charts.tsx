'use client'
/** The last quarter of an hour as lines: traffic, latency, machine. */
import { counted } from '#lib/domain/counted.ts'
import { Card } from '#lib/ui/card.tsx'
import { Chart } from '#lib/ui/chart.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import type { FiguresThen } from './followed-figures.ts'

/** More points than a line of a few hundred pixels can show are no help. */
const MOST_POINTS = 150
/** What a plot holds at least, and at most. */
const LEAST_MS = 60_000
const FULL_MINUTES = 14

export function MonitorCharts({ figures }: { readonly figures: readonly FiguresThen[] }) {
  const reachesMs = Date.parse(figures.at(-1)!.timestamp) - Date.parse(figures[0]!.timestamp)
  if (reachesMs < LEAST_MS) return <FirstMinute seconds={Math.floor(reachesMs / 1000)} />
  const shown = thinned(figures)
  const labels = shown.map(({ timestamp }) => new Date(timestamp).toLocaleTimeString('en-GB'))
  const newest = shown.at(-1)!
  const busiest = Math.max(...figures.map((one) => one.requests.per_second))
  const slowest = Math.max(...figures.map((one) => one.predictions.latency_ms?.p99 ?? 0))
  const hottest = Math.max(...figures.map((one) => one.cpu_percent))
  const minutes = Math.floor(reachesMs / 60_000)
  return (
    <>
      <Card>
        <Chart
          kind="line"
          title="Traffic"
          labelName="Time"
          valueName="A second"
          labels={labels}
          description={
            'Requests and predictions a second, each over the last ten seconds; the most were ' +
            `${busiest.toFixed(1)} requests, now it is ${newest.requests.per_second.toFixed(1)}.`
          }
          series={[
            { name: 'requests', values: shown.map((one) => one.requests.per_second) },
            { name: 'predictions', values: shown.map((one) => one.predictions.per_second) },
          ]}
        />
        {minutes < FULL_MINUTES && (
          <p className="small muted">
            The plots hold {counted(minutes, 'minute')} so far, and fill up to a quarter of an hour.
          </p>
        )}
      </Card>
      <div className="columns">
        {slowest === 0 ? (
          <Card title="Latency">
            <p className="muted">No prediction was asked for yet; the plot begins with the first.</p>
          </Card>
        ) : (
          <Card>
            <Chart
              kind="line"
              title="Latency"
              labelName="Time"
              valueName="Milliseconds"
              labels={labels}
              description={
                'How long the newest predictions took, from bytes to answer; 99 of 100 were never slower ' +
                `than ${slowest.toFixed(1)} ms.`
              }
              series={(['p50', 'p95', 'p99'] as const).map((name) => ({
                name: `${name.slice(1)} % are faster`,
                values: shown.map((one) => one.predictions.latency_ms?.[name] ?? null),
              }))}
            />
          </Card>
        )}
        <Card>
          <Chart
            kind="line"
            title="Machine"
            labelName="Time"
            valueName="Percent"
            labels={labels}
            description={
              'How much of the whole machine is in use, by Darkroom and everything else; the processors ' +
              `were at most ${hottest.toFixed(0)} % busy.`
            }
            series={[
              { name: 'processor', values: shown.map((one) => one.cpu_percent) },
              { name: 'memory', values: shown.map((one) => one.memory_percent) },
            ]}
          />
        </Card>
      </div>
    </>
  )
}

/** A few points between two axes tell nothing; how long it takes until they do is told instead. */
function FirstMinute({ seconds }: { seconds: number }) {
  return (
    <Card title="The last minutes">
      <Progress
        label="The first minute is being gathered"
        percent={(100_000 * seconds) / LEAST_MS}
        detail={`${seconds} of ${LEAST_MS / 1000} s`}
      />
      <p className="small muted">
        Then traffic, latency and machine are drawn here, and fill up to a quarter of an hour.
      </p>
    </Card>
  )
}

/** Every n-th, counted from the newest. */
function thinned(figures: readonly FiguresThen[]): readonly FiguresThen[] {
  const step = Math.ceil(figures.length / MOST_POINTS)
  return figures.filter((_, i) => (figures.length - 1 - i) % step === 0)
}
