import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { badBundle } from './refusals.ts'
import { followPromotions } from './follow-promotions.ts'
import { fakeClock } from './serving.fakes.ts'
import type { Lease, ServingVersion } from './model-registry.ts'

/**
 * A web process with its rows: the newest promotion, the versions that could not be loaded, and the
 * acknowledged one.
 */
function following({ lease = async () => ({ release: () => {} }) as Lease } = {}) {
  const state = {
    latest: 1,
    rename: 0,
    failed: [] as string[],
    follows: 0,
    serving: {} as ServingVersion | null,
  }
  const acknowledged: number[] = []
  const lines: string[] = []
  const clock = fakeClock()
  const follower = followPromotions({
    process: { webId: 'web-1', pid: 7 },
    swap: {
      lease,
      follow: async () => {
        state.follows += 1
        return state.failed
      },
      serving: () => state.serving,
    },
    recovery: { look: async () => {} },
    data: {
      classifiers: { chosen: async () => ({ id: 'animals' }) as never },
      promotions: { latest: async () => state.latest },
      classes: { latestRename: async () => state.rename },
      live: { all: async () => [], faults: async () => [] },
      webProcesses: {
        seen: async (_id, _pid, latest) => void acknowledged.push(latest),
        leave: async () => {
          throw new Error('database is locked')
        },
      },
    },
    clock,
    log: (_level, line) => void lines.push(line),
  })
  return { follower, state, acknowledged, lines, clock }
}

test('a promotion is acknowledged when its version is loaded, and a failed load is retried', async () => {
  const { follower, state, acknowledged } = following()
  await follower.begin()
  await follower.look()

  state.latest = 2
  state.failed = ['animals']
  await follower.look()
  state.failed = []
  await follower.look()
  await follower.look()

  expect(acknowledged).toEqual([1, 1, 2, 2])
  expect(state.follows).toBe(3) // not again while nothing has changed
})

test('a renamed class reaches the versions that are loaded already', async () => {
  const { follower, state } = following()
  await follower.begin()
  await follower.look()

  state.rename = 1
  await follower.look()
  await follower.look()

  expect(state.follows).toBe(2)
})

test('a default classifier that cannot be loaded is reported as the hindrance until it can', async () => {
  let isBroken = true
  const { follower, state } = following({
    lease: async () => {
      if (isBroken) throw badBundle('animals v1', 'the checksum of weights.bin does not match')
      return { release: () => {} } as Lease
    },
  })
  expect(follower.hindrance()).toBe('The default classifier is being loaded.')

  await follower.begin()
  expect(follower.hindrance()).toContain('the checksum of weights.bin does not match')

  isBroken = false
  state.serving = null
  await follower.look()
  expect(follower.hindrance()).toBeNull()
})

test('a very slow load delays the start by at most twenty seconds', async () => {
  const { follower, clock } = following({ lease: () => new Promise(() => {}) })

  const started = follower.begin()
  await nextTurn()
  clock.advance(20_000)
  await started

  expect(follower.hindrance()).toBe('The default classifier is being loaded.')
})

test('a process that cannot be unregistered still ends', async () => {
  const { follower, lines } = following()

  await follower.leave()

  expect(lines).toEqual([expect.stringContaining('could not be unregistered')])
})
