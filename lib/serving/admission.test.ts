import { expect, test } from 'vitest'
import { createAdmission } from './admission.ts'
import { fakeClock } from './serving.fakes.ts'

/** Predictions that are finished one after another, each so many milliseconds after the one before. */
function machine(msEach: number) {
  const clock = fakeClock()
  const admission = createAdmission(clock)
  const waiting: (() => void)[] = []
  let refused = 0
  const ask = () =>
    admission
      .run(() => new Promise<void>((resolve) => waiting.push(resolve)))
      .catch((error: { code: string }) => {
        expect(error.code).toBe('overloaded')
        refused += 1
      })
  const finishOne = async () => {
    clock.advance(msEach)
    waiting.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  /** As many are asked as there is room for, again and again. */
  const saturate = async (turns: number) => {
    for (let turn = 0; turn < turns; turn++) {
      while (!admission.isFull()) void ask()
      await finishOne()
    }
  }
  return { admission, ask, saturate, refused: () => refused }
}

test('what would wait longer than a quarter of a second is refused, in the time that this machine takes', async () => {
  const quick = machine(0.5)
  await quick.saturate(2_000)
  expect(quick.admission.figures().limit).toBeGreaterThan(450)
  expect(quick.admission.figures().limit).toBeLessThan(550)

  const slow = machine(1.5)
  await slow.saturate(2_000)
  expect(slow.admission.figures().limit).toBeGreaterThan(150)
  expect(slow.admission.figures().limit).toBeLessThan(190)
})

test('128 at a time are admitted however slow it is, and one more is refused with the reason', async () => {
  const { admission, ask, saturate, refused } = machine(20)
  await saturate(600)
  expect(admission.figures().limit).toBe(128)

  while (!admission.isFull()) void ask()
  await ask()

  expect(refused()).toBe(1)
  await expect(admission.run(async () => 1)).rejects.toMatchObject({
    code: 'overloaded',
    extras: { retryAfterSeconds: 1 },
  })
})

test('a few slow ones say nothing about how many are finished in a second', async () => {
  const { admission, ask } = machine(0)
  const clock = fakeClock()
  const own = createAdmission(clock)
  for (let i = 0; i < 100; i++) await own.run(async () => clock.advance(900))

  expect(own.figures().limit).toBe(250)
  void ask()
  expect(admission.figures()).toMatchObject({ running: 1 })
})

test('room is free again when work has failed', async () => {
  const admission = createAdmission(fakeClock())

  await expect(admission.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')

  expect(admission.figures().running).toBe(0)
})

test('a process that is late with everything admits few until it has caught up', async () => {
  let lagMs = 0
  const admission = createAdmission(fakeClock(), () => lagMs)
  expect(admission.figures().limit).toBe(250)

  lagMs = 251
  expect(admission.figures().limit).toBe(96)
  lagMs = 20
  expect(admission.figures().limit).toBe(250)
})
