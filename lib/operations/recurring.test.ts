import { expect, test } from 'vitest'
import { recurring } from './recurring.ts'

function watched(work: () => Promise<unknown>) {
  const lines: string[] = []
  let now = 0
  const tick = recurring(
    {
      log: (level, message) => {
        lines.push(`${level} ${message}`)
      },
      now: () => now,
    },
    'The counts could not be exchanged',
    work,
  )
  return {
    tick,
    lines,
    advance: (ms: number) => {
      now += ms
    },
  }
}

test('work that fails twice a second is logged once a minute, and once when it recovers', async () => {
  let isLocked = true
  const { tick, lines, advance } = watched(async () => {
    if (isLocked) throw new Error('locked')
  })

  for (let i = 0; i < 240; i++) {
    await tick()
    advance(500)
  }
  isLocked = false
  await tick()
  await tick()

  expect(lines).toEqual([
    'warn The counts could not be exchanged',
    'warn The counts could not be exchanged (121 failures so far)',
    'info The counts could not be exchanged: works again after 240 failures',
  ])
})

test('work that takes longer than its interval is not started a second time', async () => {
  let starts = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  const { tick } = watched(() => {
    starts += 1
    return promise
  })

  const ticks = [tick(), tick(), tick()]
  resolve()
  await Promise.all(ticks)

  expect(starts).toBe(1)
})

test('work that throws synchronously is a failure like any other', async () => {
  const { tick, lines } = watched(() => {
    throw new Error('at once')
  })

  await tick()

  expect(lines).toHaveLength(1)
})
