import { expect, test } from 'vitest'
import { DarkroomError, type ErrorCode } from '#lib/domain/errors.ts'
import { createOutcomes } from './outcomes.ts'
import { fakeClock } from './serving.fakes.ts'

const failed = (code: ErrorCode) => () =>
  Promise.reject(new DarkroomError(code, { what: 'No', why: `it is ${code}`, remedy: 'Wait.' }))
const times = async (count: number, work: () => Promise<unknown>) => {
  for (let i = 0; i < count; i++) await work().catch(() => {})
}

test('five internal failures in a row are reported, with the last reason, until one request succeeds', async () => {
  const { noted, failing } = createOutcomes(fakeClock())

  await times(4, () => noted(failed('not_ready')))
  expect(failing()).toBeNull()
  await times(1, () => noted(() => Promise.reject(new Error('of ours'))))
  expect(failing()).toBe('The last 5 predictions failed: an internal error occurred (see the log).')
  await times(1, () => noted(failed('bad_bundle')))
  expect(failing()).toBe('The last 6 predictions failed: it is bad_bundle.')

  await noted(async () => 1)
  expect(failing()).toBeNull()
})

test('unreadable images, overload refusals and failures that health detects itself do not count', async () => {
  const { noted, failing } = createOutcomes(fakeClock())

  for (const code of [
    'corrupt_image',
    'not_found',
    'overloaded',
    'client_closed',
    'disk_full',
    'database_busy',
  ] as const)
    await times(10, () => noted(failed(code)))

  expect(failing()).toBeNull()
})

test('a minute after the last failure nothing is reported any more', async () => {
  const clock = fakeClock()
  const { noted, failing } = createOutcomes(clock)
  await times(5, () => noted(failed('internal')))

  clock.advance(59_000)
  expect(failing()).not.toBeNull()
  clock.advance(1_000)
  expect(failing()).toBeNull()
})
