import { expect, test } from 'vitest'
import { START, type TrainingEvent } from '#lib/ml/learn/train.ts'
import { createStepMessages } from './step-messages.ts'

const STEPS = 10
const stepAt = (stepInEpoch: number): Extract<TrainingEvent, { kind: 'step' }> => ({
  kind: 'step',
  epoch: 1,
  step: stepInEpoch,
  steps: 2 * STEPS,
  loss: 1,
  rate: 0.1,
  position: { ...START, stepInEpoch },
})

function messages() {
  let seconds = 0
  const steps = createStepMessages({
    clock: () => seconds,
    batch: 64,
    steps: STEPS,
    epochs: 2,
    from: START,
  })
  return {
    after: (span: number, step: number) => {
      seconds += span
      return steps.stepIfDue(stepAt(step))
    },
  }
}

test('the first step is reported at once, whatever its duration', () => {
  const { after } = messages()

  expect(after(4, 1)).toMatchObject({ kind: 'step', step: 1, imagesPerSecond: 16, etaSeconds: 4 * 19 })
})

test('quick steps are reported twice a second, with the speed since the last report', () => {
  const { after } = messages()

  const reported = [1, 2, 3, 4, 5, 6].map((step) => after(0.2, step))

  expect(reported.map((one) => one?.step ?? null)).toEqual([1, null, null, 4, null, null])
  expect(reported[3]!.imagesPerSecond).toBeCloseTo((3 * 64) / 0.6, 5)
})

test('the last step is always reported', () => {
  const { after } = messages()

  const reported = Array.from({ length: 2 * STEPS }, (_, i) => after(0.001, i + 1))

  expect(reported.map((one) => one?.step ?? null).filter((step) => step !== null)).toEqual([1, 2 * STEPS])
})
