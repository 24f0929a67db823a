import { expect, test } from 'vitest'
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import { followRuns } from './run-events.ts'

const READERS = 300
const RUN = { id: 'r', state: 'running' } as RunAnswer

test('readers that come together share one read of the run, and later ones need none', async () => {
  let reads = 0
  const events = followRuns({ runEvent: { findMany: async () => [] } } as never, async () => {
    reads += 1
    return RUN
  })
  const runs = await Promise.all(Array.from({ length: READERS }, () => events.runOf('r')))
  expect([runs.length, new Set(runs).size, reads]).toEqual([READERS, 1, 1])

  const end = new AbortController()
  const reader = events.follow({ run: RUN, after: 0, signal: end.signal })
  expect((await reader.next()).value).toEqual({ kind: 'run', seq: 0, run: RUN })
  const polled = reads // following a run reads it again and again
  expect(await events.runOf('r')).toBe(RUN)
  expect(reads).toBe(polled)

  end.abort()
  await reader.return(undefined)
})

test('a run that does not exist is read again by the next reader', async () => {
  const found: (RunAnswer | null)[] = [null, RUN]
  const events = followRuns({ runEvent: { findMany: async () => [] } } as never, async () => found.shift()!)

  expect([await events.runOf('r'), await events.runOf('r')]).toEqual([null, RUN])
})

test('a run that ends between the read of its row and that of its events is reported as ended', async () => {
  let state: RunAnswer['state'] = 'judging'
  const stored = [{ seq: 1, eventJson: '{"kind":"run"}' }]
  const events = followRuns(
    {
      runEvent: {
        findMany: async () => {
          state = 'done'
          return stored.splice(0)
        },
      },
    } as never,
    async () => ({ ...RUN, state }),
  )

  const states: string[] = []
  const { signal } = new AbortController()
  for await (const event of events.follow({ run: { ...RUN, state }, after: 0, signal }))
    if (event.kind === 'run') states.push(event.run.state)

  expect(states).toEqual(['judging', 'done'])
})
