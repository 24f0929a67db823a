import { expect, test } from 'vitest'
import { prometheusText } from './prometheus.ts'

const figures = {
  cpu_percent: 12.5,
  memory_percent: 40,
  disk_percent: 7,
  uptime: '9s',
  uptime_seconds: 9,
  cores: 2,
  memory_total_mb: 100,
  timestamp: '2026-11-21T12:00:00.000Z',
  processes: [{ name: 'we"b\\', pid: 7, memory_mb: 2, cpu_percent: 0 }],
  hosts: [],
  requests: { total: 41, errors: 1, per_second: 0 },
  predictions: {
    total: 40,
    per_second: 1.5,
    latency_ms: { p50: 1, p95: 2, p99: 4 },
    queue: 0,
    mean_batch: null,
    cache: { hits: 3, misses: 5 },
  },
}

test('the figures are in Prometheus’ text format: name, type and value, in seconds, with quoted names', () => {
  const text = prometheusText(figures)

  expect(text).toContain('# TYPE darkroom_requests_total counter\ndarkroom_requests_total 41\n')
  expect(text).toContain('darkroom_prediction_cache_hits_total 3\n')
  expect(text).toContain('darkroom_prediction_seconds{quantile="0.99"} 0.004\n')
  expect(text).toContain('darkroom_process_memory_bytes{process="we\\"b\\\\",pid="7"} 2097152\n')
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^(# (HELP|TYPE) darkroom_\w+ .+|darkroom_\w+(\{.+\})? [\d.e+-]+)$/)
})

test('an unknown figure is omitted', () => {
  expect(
    prometheusText({ ...figures, predictions: { ...figures.predictions, latency_ms: null } }),
  ).not.toContain('darkroom_prediction_seconds')
})
