import { expect, test } from 'vitest'
import { countTraffic, measureRates, percentile, sumOf } from './traffic.ts'

test('percentiles are nearest ranks, as for the numbers one to hundred', () => {
  const oneToHundred = Array.from({ length: 100 }, (_, i) => i + 1)

  expect([0.5, 0.95, 0.99, 1].map((share) => percentile(oneToHundred, share))).toEqual([50, 95, 99, 100])
  expect(percentile([7], 0.99)).toBe(7)
})

test('only the last thousand latencies are stored, all predictions are counted', () => {
  const traffic = countTraffic()
  for (let i = 0; i < 1_500; i++) traffic.predicted(i)

  const { latenciesMs, predictions } = traffic.figures({
    waiting: 0,
    batches: 0,
    items: 0,
    cacheHits: 0,
    cacheMisses: 0,
  })

  expect(predictions).toBe(1_500)
  expect(latenciesMs).toHaveLength(1_000)
  expect(Math.min(...latenciesMs)).toBe(500)
})

test('statuses from 500 on are errors; the figures of several processes add up', () => {
  const traffic = countTraffic()
  for (const status of [200, 404, 500, 503]) traffic.request(status)
  const one = traffic.figures({ waiting: 2, batches: 5, items: 9, cacheHits: 3, cacheMisses: 1 })

  expect(sumOf([one, one])).toEqual({
    requests: 8,
    errors: 4,
    predictions: 0,
    queue: 4,
    batches: 10,
    batched: 18,
    cacheHits: 6,
    cacheMisses: 2,
  })
})

test('a rate is over the last ten seconds, and a restarted process does not make it negative', () => {
  const rates = measureRates()
  const sums = (requests: number) => ({
    requests,
    errors: 0,
    predictions: requests,
    queue: 0,
    batches: 0,
    batched: 0,
    cacheHits: 0,
    cacheMisses: 0,
  })

  expect(rates(sums(0), 0).requestsPerSecond).toBe(0)
  expect(rates(sums(50), 5_000).requestsPerSecond).toBe(10)
  expect(rates(sums(50), 16_000).requestsPerSecond).toBe(0)
  expect(rates(sums(3), 20_000).requestsPerSecond).toBe(0)
})
