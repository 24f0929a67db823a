import { expect, test } from 'vitest'
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import { advancedRun, runProgress } from './run-progress.ts'

const running = { state: 'running', stage: null, message: 'Starting.', progress: 0 } as unknown as RunAnswer
const features = {
  kind: 'stage',
  seq: 4,
  name: 'features',
  title: 'Computing features',
  done: 120,
  total: 300,
  eta_seconds: 12,
} as const

test('a stage is shown by its name, with how much of it is done and how long it takes', () => {
  const run = advancedRun(running, features)

  expect(runProgress(run)).toEqual({
    label: 'Computing features',
    percent: 40,
    detail: '120 of 300 images, about 12 s remaining',
  })
})

test('a stage of unknown size shows what is done', () => {
  const run = advancedRun(running, { ...features, name: 'images', title: 'Reading images', total: null })

  expect(runProgress(run)).toMatchObject({ percent: null, detail: '120 images, about 12 s remaining' })
})

test('the whole run never goes back, and training counts its steps', () => {
  const evaluating = advancedRun(running, { ...features, name: 'evaluate', title: 'Evaluating', done: 0 })
  const step = { kind: 'step', seq: 5, epoch: 1, step: 5, steps: 10, loss: 1, learning_rate: 0 } as const
  const training = advancedRun(evaluating, {
    ...step,
    images_per_second: 1,
    eta_seconds: null,
    memory_mb: 1,
  })

  expect(training.progress).toBe(evaluating.progress)
  expect(runProgress(training)).toEqual({ label: 'Training', percent: 50, detail: '5 of 10 steps' })
})

test('a run that waits, or is being compared, shows its sentence', () => {
  expect(runProgress({ ...running, state: 'queued', message: 'Waiting.' })).toEqual({
    label: 'Waiting.',
    percent: null,
    detail: '',
  })
  expect(runProgress({ ...running, state: 'judging', message: 'Comparing.', progress: 99.5 })).toEqual({
    label: 'Comparing.',
    percent: 99.5,
    detail: '99 %',
  })
})
