import { expect, test } from 'vitest'
import { BEGINNING, type TrainingEvent } from '#lib/ml/learn/train.ts'
import { createPace } from './pace.ts'

const STEPS = 10
const stepAt = (stepInEpoch: number): Extract<TrainingEvent, { kind: 'step' }> => ({
  kind: 'step',
  epoch: 1,
  step: stepInEpoch,
  steps: 2 * STEPS,
  loss: 1,
  rate: 0.1,
  position: { ...BEGINNING, stepInEpoch },
})

function pace() {
  let seconds = 0
  const kept = createPace({ clock: () => seconds, batch: 64, steps: STEPS, epochs: 2, from: BEGINNING })
  return {
    after: (span: number, step: number) => {
      seconds += span
      return kept.stepIfDue(stepAt(step))
    },
  }
}

test('the first step is told at once, however long it took', () => {
  const { after } = pace()

  expect(after(4, 1)).toMatchObject({ kind: 'step', step: 1, imagesPerSecond: 16, etaSeconds: 4 * 19 })
})

test('quick steps are told twice a second, with the speed since the last word', () => {
  const { after } = pace()

  const told = [1, 2, 3, 4, 5, 6].map((step) => after(0.2, step))

  expect(told.map((one) => one?.step ?? null)).toEqual([1, null, null, 4, null, null])
  expect(told[3]!.imagesPerSecond).toBeCloseTo((3 * 64) / 0.6, 5)
})
