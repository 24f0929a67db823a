/**
 * The figures of GET /api/metrics in Prometheus' text format (exposition format 0.0.4). Sixty lines of our
 * own code, because the figures exist already: a library would count them a second time in each process.
 */
import type { Output } from '#lib/contracts/contract.ts'
import type { metrics } from '#lib/contracts/operations.ts'

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

type Figures = Output<typeof metrics>
type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]
type Family = {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly samples: readonly Sample[]
}

export const prometheusText = (figures: Figures): string =>
  familiesOf(figures)
    .filter((one) => one.samples.length > 0)
    .map(textOf)
    .join('')

function familiesOf(f: Figures): readonly Family[] {
  const latency = f.predictions.latency_ms
  return [
    counter('darkroom_requests_total', 'HTTP requests', f.requests.total),
    counter(
      'darkroom_request_errors_total',
      'HTTP requests that returned a status of 500 or more',
      f.requests.errors,
    ),
    counter('darkroom_predictions_total', 'Predictions', f.predictions.total),
    gauge(
      'darkroom_predictions_per_second',
      'Predictions per second, over the last ten seconds',
      f.predictions.per_second,
    ),
    counter(
      'darkroom_prediction_cache_hits_total',
      'Predictions for an image that was computed before',
      f.predictions.cache.hits,
    ),
    counter(
      'darkroom_prediction_cache_misses_total',
      'Predictions that were not in the cache',
      f.predictions.cache.misses,
    ),
    gauge('darkroom_prediction_queue', 'Images waiting for an engine', f.predictions.queue),
    {
      name: 'darkroom_prediction_seconds',
      type: 'gauge',
      help: 'Latency of the most recent predictions',
      samples:
        latency === null
          ? []
          : [
              [{ quantile: '0.5' }, latency.p50 / 1000],
              [{ quantile: '0.95' }, latency.p95 / 1000],
              [{ quantile: '0.99' }, latency.p99 / 1000],
            ],
    },
    gauge('darkroom_uptime_seconds', 'Time since the start', f.uptime_seconds),
    gauge('darkroom_cpu_percent', 'CPU usage of the machine', f.cpu_percent),
    gauge('darkroom_memory_percent', 'Memory usage of the machine', f.memory_percent),
    gauge('darkroom_disk_percent', 'Disk usage of DATA_DIR', f.disk_percent),
    {
      name: 'darkroom_process_memory_bytes',
      type: 'gauge',
      help: 'Resident memory of each process',
      samples: f.processes.map((one): Sample => [
        { process: one.name, pid: String(one.pid) },
        one.memory_mb * 1024 ** 2,
      ]),
    },
  ]
}

const counter = (name: string, help: string, value: number): Family => ({
  name,
  type: 'counter',
  help,
  samples: [[{}, value]],
})
const gauge = (name: string, help: string, value: number): Family => ({
  name,
  type: 'gauge',
  help,
  samples: [[{}, value]],
})

function textOf({ name, type, help, samples }: Family): string {
  const lines = samples.map(([labels, value]) => `${name}${labelsText(labels)} ${value}`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('\n')}\n`
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))}"`,
  )
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
