'use client'
/** How the machine and the product are at this moment, and were during the last quarter of an hour. */
import { useState } from 'react'
import { Badge } from '#lib/ui/badge.tsx'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Gauge } from '#lib/ui/gauge.tsx'
import { useFollowedFigures, type FollowedFigures } from './followed-figures.ts'
import { EnginesCard } from './engines-card.tsx'
import { MonitorCharts } from './monitor-charts.tsx'
import { ProcessTable } from './process-table.tsx'
import { RetrainCard } from './retrain-card.tsx'

const percent = (value: number) => value.toFixed(0)
const perSecond = (value: number) => (value >= 100 ? value.toFixed(0) : value.toFixed(1))
const milliseconds = (value: number | undefined) => (value === undefined ? '–' : perSecond(value))

export function LiveMonitor({
  first,
  mayRetrain,
}: {
  readonly first: FollowedFigures
  readonly mayRetrain: boolean
}) {
  const [isPaused, setIsPaused] = useState(false)
  const { figures, processes, health, retrain, failure } = useFollowedFigures(first, isPaused)
  const now = figures.at(-1)!
  const line = (of: (one: (typeof figures)[number]) => number | null) => figures.map(of)
  const { latency_ms: latency } = now.predictions
  return (
    <div className="stack">
      {failure && <ErrorNotice title="The figures stand still" failure={failure} />}
      <Card
        title="Now"
        aside={
          <span className="row">
            <StateBadge health={failure ? null : health} />
            <Button
              size="small"
              variant="quiet"
              aria-pressed={isPaused}
              onClick={() => setIsPaused(!isPaused)}
            >
              {isPaused ? 'Go on' : 'Pause'}
            </Button>
          </span>
        }
      >
        {health && health.reasons.length > 0 && (
          <ul className="list-disc pl-5">
            {health.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        )}
        <div className="gauges">
          <Gauge
            name="Requests"
            value={perSecond(now.requests.per_second)}
            unit="a second"
            detail={`${now.requests.total.toLocaleString('en-GB')} so far`}
            points={line((one) => one.requests.per_second)}
          />
          <Gauge
            name="Half are faster than"
            value={milliseconds(latency?.p50)}
            unit={latency ? 'ms' : ''}
            detail={
              latency
                ? `95 %: ${milliseconds(latency.p95)} ms, 99 %: ${milliseconds(latency.p99)} ms`
                : 'no prediction yet'
            }
            points={line((one) => one.predictions.latency_ms?.p50 ?? null)}
          />
          <Gauge
            name="Failures of ours"
            value={now.requests.errors.toLocaleString('en-GB')}
            unit={now.requests.errors === 1 ? 'answer of 5xx' : 'answers of 5xx'}
            detail={shareOf(now.requests.errors, now.requests.total)}
            points={line((one) => one.requests.errors)}
          />
          <Gauge
            name="Predictions"
            value={perSecond(now.predictions.per_second)}
            unit="a second"
            detail={`${now.predictions.total.toLocaleString('en-GB')} so far`}
            points={line((one) => one.predictions.per_second)}
          />
        </div>
        <h3>Behind it</h3>
        <div className="gauges" data-size="small">
          <Gauge
            name="Waiting"
            value={`${now.predictions.queue}`}
            unit={now.predictions.queue === 1 ? 'picture' : 'pictures'}
            detail={
              now.predictions.mean_batch === null
                ? 'no batch yet'
                : `${now.predictions.mean_batch.toFixed(1)} in a batch, on average`
            }
            points={line((one) => one.predictions.queue)}
          />
          <Gauge
            name="Processor"
            value={percent(now.cpu_percent)}
            unit="%"
            detail={`${now.cores} ${now.cores === 1 ? 'core' : 'cores'}`}
            points={line((one) => one.cpu_percent)}
            most={100}
          />
          <Gauge
            name="Memory"
            value={percent(now.memory_percent)}
            unit="%"
            detail={`of ${(now.memory_total_mb / 1024).toFixed(1)} GB`}
            points={line((one) => one.memory_percent)}
            most={100}
          />
          <Gauge
            name="Disk"
            value={percent(now.disk_percent)}
            unit="%"
            detail="of the one with DATA_DIR"
            points={line((one) => one.disk_percent)}
            most={100}
          />
        </div>
        <p className="small muted">
          Up for {now.uptime}. The figures come every two seconds while this page is seen; the lines show the
          last quarter of an hour.
        </p>
      </Card>
      <MonitorCharts figures={figures} />
      <div className="columns">
        <RetrainCard retrain={retrain} mayRetrain={mayRetrain} />
        <EnginesCard health={health} />
      </div>
      <ProcessTable processes={processes} />
    </div>
  )
}

function StateBadge({ health }: { health: FollowedFigures['health'] }) {
  if (health === null) return <Badge>unknown</Badge>
  switch (health.status) {
    case 'healthy':
      return <Badge variant="good">healthy</Badge>
    case 'degraded':
      return <Badge variant="amber">degraded</Badge>
    case 'starting':
      return <Badge variant="amber">starting</Badge>
    case 'unhealthy':
      return <Badge variant="bad">unhealthy</Badge>
  }
}

function shareOf(part: number, whole: number): string {
  if (whole === 0) return 'nothing asked yet'
  return part === 0 ? 'none so far' : `${((100 * part) / whole).toFixed(2)} % of all`
}
