import { expect, test } from 'vitest'
import type { Cost, ProbeFigures } from '#lib/contracts/probe.ts'
import { forecast, forecastWords, type ForecastFacts } from './forecast.ts'

const seconds = (value: number): Cost => ({ seconds: value, cpuSeconds: 2 * value })
const sealing = {
  always: seconds(2),
  perTest: seconds(0.1),
  perHeld: seconds(0.01),
  perTraining: seconds(0.01),
}
const stepped: ProbeFigures = {
  engine: 'onnx',
  start: seconds(3),
  decode: seconds(0.05),
  begin: seconds(1),
  seal: sealing,
  memoryMb: 412,
  learning: {
    kind: 'stepped',
    batch: 16,
    learner: seconds(4),
    step: seconds(0.2),
    choose: seconds(0.01),
    checkpoint: seconds(0.5),
  },
}
const facts: ForecastFacts = {
  figures: stepped,
  parts: { train: 100, validation: 20, test: 30 },
  epochs: 10,
  patience: 10,
  isPacked: false,
  isCompared: false,
}

test('the duration of a run is the sum of its pieces, each times its number of repetitions', () => {
  const result = forecast(facts)

  // start, 150 images decoded, begin, learner: 3 + 7.5 + 1 + 4 = 15.5
  // ten epochs of six whole batches of sixteen, twenty images judged twice, a checkpoint: 10 · (1.2 + 0.4 + 0.5) = 21
  // sealed: 2, thirty test images 3, twenty for validation 0.2, a hundred for training 1: 6.2
  expect(result.seconds).toBeCloseTo(42.7, 8)
  expect(result).toMatchObject({ memoryMb: 412 + 25, engine: 'onnx' }) // a longer run's heap grows
})

test('processor time is summed separately from elapsed time', () => {
  const start = { seconds: 3, cpuSeconds: 100 }

  expect(forecast({ ...facts, figures: { ...stepped, start } }).cpuSeconds).toBeCloseTo(
    2 * (42.7 - 3) + 100,
    8,
  )
})

test('images that are already decoded are not decoded again', () => {
  expect(forecast(facts).seconds - forecast({ ...facts, isPacked: true }).seconds).toBeCloseTo(150 * 0.05, 8)
})

test('a comparison with the live version starts a process and predicts the test images twice', () => {
  expect(forecast({ ...facts, isCompared: true }).seconds - forecast(facts).seconds).toBeCloseTo(
    3 + 2 * 30 * (0.05 + 0.01),
    8,
  )
})

test('with many validation images half of them choose an epoch, and the other half calibrates', () => {
  const many = forecast({ ...facts, parts: { ...facts.parts, validation: 400 } })
  const judged = 10 * 2 * (200 - 20) * 0.01

  expect(many.seconds - forecast(facts).seconds).toBeCloseTo(judged + 380 * (0.05 + 0.01), 8)
})

test('a head is fitted once on every view, whatever the number of epochs', () => {
  const figures: ProbeFigures = {
    ...stepped,
    learning: { kind: 'head', embed: seconds(0.02), fit: seconds(0.001), views: 2 },
  }

  const result = forecast({ ...facts, figures })

  expect(result.seconds).toBeCloseTo(
    3 + 150 * 0.05 + 1 + (200 + 20) * 0.02 + 100 * 0.001 + 2 + 30 * 0.1 + 20 * 0.01 + 100 * 0.01,
    8,
  )
  expect(result).toMatchObject({ isMost: false, memoryMb: 412 })
})

test('the duration of a run that may stop early is an upper limit', () => {
  expect(forecast({ ...facts, patience: 5 }).isMost).toBe(true)
  expect(forecast({ ...facts, patience: 10 }).isMost).toBe(false)
})

test.each([
  [3.4, 'about 3 s, 210 MB'],
  [43, 'about 45 s, 210 MB'],
  [162, 'about 2 min 40 s, 210 MB'],
  [180, 'about 3 min, 210 MB'],
  [1_499, 'about 25 min, 210 MB'],
  [3_600 * 5 + 600, 'about 5 h 10 min, 210 MB'],
])('%d seconds are written as "%s"', (span, words) => {
  expect(forecastWords({ seconds: span, memoryMb: 208, isMost: false })).toBe(words)
})

test('an upper limit is written with "up to"', () => {
  expect(forecastWords({ seconds: 162, memoryMb: 1_234, isMost: true })).toBe('up to 2 min 40 s, 1,230 MB')
})
