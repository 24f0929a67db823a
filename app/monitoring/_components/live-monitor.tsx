'use client'
/** The current metrics of product and system, and their course over the last 15 minutes. */
import { useState } from 'react'
import { counted } from '#lib/domain/text/count-text.ts'
import { Badge } from '#lib/ui/badge.tsx'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { numberText } from '#lib/ui/figure-number.tsx'
import { Gauge } from '#lib/ui/gauge.tsx'
import { PhoneFold } from '#lib/ui/phone-fold.tsx'
import { useMetrics, type MonitorState } from './use-metrics.ts'
import { EnginesCard } from './engines-card.tsx'
import { HostTable } from './host-table.tsx'
import { MonitorCharts } from './monitor-charts.tsx'
import { ProcessTable } from './process-table.tsx'
import { RetrainCard } from './retrain-card.tsx'

const percent = (value: number) => value.toFixed(0)
const short = (value: number) => (value >= 100 ? value.toFixed(0) : value.toFixed(1))
const milliseconds = (value: number | undefined) => (value === undefined ? '–' : short(value))

export function LiveMonitor({
  first,
  mayRetrain,
}: {
  readonly first: MonitorState
  readonly mayRetrain: boolean
}) {
  const [isPaused, setIsPaused] = useState(false)
  const { samples, processes, hosts, health, retrain, failure } = useMetrics(first, isPaused)
  const now = samples.at(-1)!
  const line = (of: (one: (typeof samples)[number]) => number | null) => samples.map(of)
  const { latency_ms: latency } = now.predictions
  return (
    <div className="stack">
      {failure && <ErrorNotice title="Live updates have stopped" failure={failure} />}
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
              {isPaused ? 'Resume' : 'Pause'}
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
            value={short(now.requests.per_second)}
            unit="per second"
            detail={`${numberText({ count: now.requests.total })} in total`}
            points={line((one) => one.requests.per_second)}
          />
          <Gauge
            name="Median latency"
            value={milliseconds(latency?.p50)}
            unit={latency ? 'ms' : ''}
            detail={
              latency
                ? `p95: ${milliseconds(latency.p95)} ms, p99: ${milliseconds(latency.p99)} ms`
                : 'no predictions yet'
            }
            points={line((one) => one.predictions.latency_ms?.p50 ?? null)}
          />
          <Gauge
            name="Server errors (5xx)"
            value={numberText({ count: now.requests.errors })}
            detail={shareText(now.requests.errors, now.requests.total)}
            points={line((one) => one.requests.errors)}
          />
          <Gauge
            name="Predictions"
            value={short(now.predictions.per_second)}
            unit="per second"
            detail={predictionsText(now.predictions)}
            points={line((one) => one.predictions.per_second)}
          />
        </div>
        <h3>System resources</h3>
        <div className="gauges" data-size="small">
          <Gauge
            name="Queue"
            value={`${now.predictions.queue}`}
            unit={now.predictions.queue === 1 ? 'image' : 'images'}
            detail={
              now.predictions.mean_batch === null
                ? 'no batches yet'
                : `mean batch size ${now.predictions.mean_batch.toFixed(1)}`
            }
            points={line((one) => one.predictions.queue)}
          />
          <Gauge
            name="CPU"
            value={percent(now.cpu_percent)}
            unit="%"
            detail={counted(now.cores, 'core')}
            points={line((one) => one.cpu_percent)}
            max={100}
          />
          <Gauge
            name="Memory"
            value={percent(now.memory_percent)}
            unit="%"
            detail={`of ${(now.memory_total_mb / 1024).toFixed(1)} GB`}
            points={line((one) => one.memory_percent)}
            max={100}
          />
          <Gauge
            name="Data disk"
            value={percent(now.disk_percent)}
            unit="%"
            detail="the disk with DATA_DIR"
            points={line((one) => one.disk_percent)}
            max={100}
          />
        </div>
        <p className="small muted">
          Uptime: {now.uptime}. Updated every two seconds while this page is visible; the lines show the last
          15 minutes.
        </p>
      </Card>
      <MonitorCharts samples={samples} />
      <PhoneFold title="Training, engines and services">
        <div className="columns">
          <RetrainCard retrain={retrain} mayRetrain={mayRetrain} />
          <EnginesCard health={health} />
        </div>
      </PhoneFold>
      <PhoneFold title="Processes">
        <div className="stack">
          {hosts.length > 1 && <HostTable hosts={hosts} />}
          <ProcessTable
            processes={processes}
            title={hosts.length > 1 ? 'Processes of this host' : 'Processes'}
          />
        </div>
      </PhoneFold>
    </div>
  )
}

function StateBadge({ health }: { health: MonitorState['health'] }) {
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

function predictionsText({
  total,
  cache: { hits, misses },
}: MonitorState['samples'][number]['predictions']): string {
  const all = `${numberText({ count: total })} in total`
  return hits === 0 ? all : `${all}, ${((100 * hits) / (hits + misses)).toFixed(0)} % from the cache`
}

function shareText(errors: number, requests: number): string {
  if (requests === 0) return 'no requests yet'
  return errors === 0 ? 'none' : `${((100 * errors) / requests).toFixed(2)} % of all requests`
}
