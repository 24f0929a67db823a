import { expect, test } from 'vitest'
import type { WebFigures } from '#lib/contracts/ipc.ts'
import { createMetrics } from './metrics.ts'

const web: WebFigures = {
  pid: 1,
  requests: 0,
  errors: 0,
  predictions: 0,
  queue: 0,
  batches: 0,
  batched: 0,
  cacheHits: 0,
  cacheMisses: 0,
  latenciesMs: [1, 2, 3, 4],
  memoryMb: 100,
}
const machine = async () => ({
  cpuPercent: 10,
  memoryPercent: 20,
  memoryTotalMb: 1000,
  diskPercent: 30,
  cores: 2,
  processes: [{ name: 'web', pid: 1, memoryMb: 100, cpuPercent: 5 }],
})

test('a point is recorded every five seconds, for a quarter of an hour', async () => {
  let second = 0
  const { tick, cases } = createMetrics({
    machine,
    hosts: () => [],
    webs: () => [{ ...web, requests: second * 7 }],
    startedAt: new Date(0),
    now: () => new Date(second * 1000),
  })
  for (second = 1; second <= 1_000; second++) await tick()

  const { every_seconds: every, points } = await cases.metricsHistory()

  expect([every, points.length]).toEqual([5, 180])
  expect(points.at(-1)).toMatchObject({
    timestamp: new Date(1_000_000).toISOString(),
    requests: { total: 7_000, per_second: 7 },
    cpu_percent: 10,
  })
  expect(points[0]?.timestamp).toBe(new Date(105_000).toISOString())
  expect(points.at(-1)).not.toHaveProperty('processes')
})

test('the mean batch counts all images in batches, so that warm-up does not lower it below one', async () => {
  const { cases } = createMetrics({
    machine,
    hosts: () => [],
    webs: () => [{ ...web, predictions: 3, batches: 8, batched: 12 }],
    startedAt: new Date(0),
    now: () => new Date(1000),
  })

  expect((await cases.metrics()).predictions.mean_batch).toBe(1.5)
})

test('the hosts that share the data are listed with their processes and last heartbeat', async () => {
  const { cases } = createMetrics({
    machine,
    webs: () => [web],
    hosts: () => [
      {
        id: 'a',
        name: 'box:3000',
        role: 'web',
        version: '1.0.0',
        startedAt: new Date(0),
        lastSeen: new Date(2_000),
        isLive: false,
        processes: [{ name: 'web', pid: 7, memoryMb: 90, cpuPercent: 1 }],
      },
    ],
    startedAt: new Date(0),
    now: () => new Date(60_000),
  })

  expect((await cases.metrics()).hosts).toEqual([
    {
      id: 'a',
      name: 'box:3000',
      role: 'web',
      version: '1.0.0',
      is_live: false,
      started_at: '1970-01-01T00:00:00.000Z',
      last_seen: '1970-01-01T00:00:02.000Z',
      processes: [{ name: 'web', pid: 7, memory_mb: 90, cpu_percent: 1 }],
    },
  ])
})
