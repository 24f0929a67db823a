import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { lockElsewhere } from '#lib/data/database/locked.fakes.ts'
import { addKey, startProduct, until } from './throwaway/product.fakes.ts'

/** Longer than a prediction waits for its row. */
const LOCKED_MS = 6_500
/**
 * The limit for health on a machine with other load; alone it takes 2 ms. A thread that waits for the lock
 * takes 5 s.
 */
const LONGEST_HEALTH_MS = 3_000

test(
  'while another program has locked the database, reads continue and no acknowledged write is lost',
  { timeout: 120_000 },
  async () => {
    let key = ''
    const product = await startProduct({
      prepare: async (data) => {
        key = await addKey(data)
      },
      settings: { PREDICT_PROCESSES: '1' },
    })
    const acknowledged: string[] = []
    const predict = async (how: { readonly key?: string; readonly query?: string } = { key }) => {
      const answer = await product.predict(acknowledged.length, how)
      if (answer.status === 200 && answer.body.id) acknowledged.push(answer.body.id)
      return {
        status: answer.status,
        code: answer.body.code,
        saved: answer.body.saved,
        retryAfter: answer.retryAfter,
      }
    }
    const health = async () => {
      const startedAt = performance.now()
      const response = await fetch(`${product.address}/api/health`)
      return {
        status: response.status,
        body: (await response.json()) as { status: string; reasons: string[] },
        ms: performance.now() - startedAt,
      }
    }
    await until(() => product.pidsOf('worker').length === 1 && product.pidsOf('web').length === 1)
    const pids = [...product.pidsOf('web'), ...product.pidsOf('worker'), ...product.pidsOf('predict')]
    try {
      expect((await predict()).status).toBe(200)
      const release = await lockElsewhere(path.join(product.dataDir, 'darkroom.db'), 'BEGIN EXCLUSIVE')
      const lockedAt = performance.now()

      const ofKeys = Array.from({ length: 8 }, () => predict())
      await until(async () => (await health()).body.status === 'degraded')
      const [degraded, live, statistics, unsaved, anonymous] = await Promise.all([
        health(),
        fetch(`${product.address}/api/health/live`),
        fetch(`${product.address}/api/statistics`),
        predict({ key, query: '?save=false' }),
        predict({}),
      ])
      expect(degraded).toMatchObject({
        status: 200,
        body: {
          status: 'degraded',
          reasons: [expect.stringContaining('Another program has locked the database')],
        },
      })
      expect(degraded.ms).toBeLessThan(LONGEST_HEALTH_MS)
      expect([live.status, statistics.status, unsaved.status]).toEqual([200, 200, 200])
      expect(anonymous).toMatchObject({ status: 200, saved: false })

      expect(await Promise.all(ofKeys)).toEqual(
        Array(8).fill({ status: 503, code: 'database_busy', saved: undefined, retryAfter: '5' }),
      )
      const waiting = predict()
      await pause(Math.max(0, LOCKED_MS - (performance.now() - lockedAt)))
      await release()
      expect((await waiting).status).toBe(200) // its own timeout had not passed
      await until(async () => (await health()).body.status === 'healthy')

      expect([...product.pidsOf('web'), ...product.pidsOf('worker'), ...product.pidsOf('predict')]).toEqual(
        pids,
      )
      expect(await product.storedCount(acknowledged)).toBe(acknowledged.length)
      expect(product.output()).not.toMatch(/unhandled| 500\b/i)
    } finally {
      await product.end()
    }
  },
)
