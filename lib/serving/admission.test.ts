import { expect, test } from 'vitest'
import { createAdmission } from './admission.ts'
import { overloaded } from './refusals.ts'
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
  /** As many are sent as are admitted, again and again. */
  const saturate = async (turns: number) => {
    for (let turn = 0; turn < turns; turn++) {
      while (!admission.isFull()) void ask()
      await finishOne()
    }
  }
  return { admission, ask, saturate, refused: () => refused }
}

test('what would wait longer than 120 ms is refused, by the rate of this machine', async () => {
  const quick = machine(0.25)
  await quick.saturate(2_000)
  expect(quick.admission.figures().limit).toBeGreaterThan(432)
  expect(quick.admission.figures().limit).toBeLessThan(528)

  const slow = machine(0.375)
  await slow.saturate(2_000)
  expect(slow.admission.figures().limit).toBeGreaterThan(288)
  expect(slow.admission.figures().limit).toBeLessThan(352)
})

test('288 at a time are admitted however slow it is, and one more is refused with the reason', async () => {
  const { admission, ask, saturate, refused } = machine(20)
  await saturate(600)
  expect(admission.figures().limit).toBe(288)

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

  expect(own.figures().limit).toBe(288)
  void ask()
  expect(admission.figures()).toMatchObject({ running: 1 })
})

test('a prediction is admitted in the place of one that has failed', async () => {
  const admission = createAdmission(fakeClock())

  await expect(admission.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')

  expect(admission.figures().running).toBe(0)
})

test('in an overload of a slow machine, enough are admitted for full batches', async () => {
  const clock = fakeClock()
  const admission = createAdmission(clock, () => true)
  const waiting: (() => void)[] = []
  for (let turn = 0; turn < 600; turn++) {
    while (!admission.isFull())
      void admission.run(() => new Promise<void>((resolve) => waiting.push(resolve)))
    clock.advance(20)
    waiting.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }

  expect(admission.figures().limit).toBe(48)
})

test('a burst may fill the queue; refusals without a pause shorten it, until there are none for a while', () => {
  const clock = fakeClock()
  const admission = createAdmission(clock)
  for (let i = 0; i < 288; i++) void admission.run(() => new Promise(() => {}))
  const refuseFor = (ms: number): void => {
    for (let passed = 0; passed < ms; passed += 10) {
      clock.advance(10)
      expect(admission.refusal()).not.toBeNull()
    }
  }

  refuseFor(30)
  expect(admission.figures().limit).toBe(288)

  refuseFor(10)
  expect(admission.figures().limit).toBe(48)

  clock.advance(50)
  expect(admission.figures().limit).toBe(288)
})

test('after a refusal, those admitted before wait 50 ms at most; without one, as long as it takes', () => {
  const clock = fakeClock()
  const admission = createAdmission(clock)
  for (let i = 0; i < 288; i++) void admission.run(() => new Promise(() => {}))
  expect(admission.longestWaitMs()).toBe(Infinity)

  admission.refusal()
  expect(admission.longestWaitMs()).toBe(50)

  clock.advance(50)
  expect(admission.longestWaitMs()).toBe(Infinity)
})

test('one that waited too long for the engine counts as refused', async () => {
  const admission = createAdmission(fakeClock())

  await expect(admission.run(() => Promise.reject(overloaded(3)))).rejects.toMatchObject({
    code: 'overloaded',
  })

  expect(admission.figures()).toMatchObject({ running: 0, refused: 1 })
})

test('while hundreds of clients connect, only full batches are admitted at once, not only after refusals', async () => {
  let isStorm = false
  const clock = fakeClock()
  const admission = createAdmission(clock, () => isStorm)
  const before = admission.figures().limit
  isStorm = true
  const during = admission.figures().limit
  isStorm = false

  expect({ before, during, after: admission.figures().limit }).toEqual({
    before: 288,
    during: 48,
    after: 288,
  })
})
