import { expect, test } from 'vitest'
import {
  answersAt,
  calibrationError,
  confidentFrom,
  fitTemperature,
  imagesToPromise,
  negativeLogLikelihood,
  reliability,
  softmax,
  type ScoredPrediction,
} from './calibration.ts'

test('softmax of equal logits is even, and large logits stay finite', () => {
  expect(softmax([3, 3])).toEqual([0.5, 0.5])
  expect(softmax([1_000, 0])).toEqual([1, 0])
  expect(softmax([2, 0], 2)[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 12)
})

test('logits that are three times too loud get the temperature three', () => {
  // of 1,000 images with true odds e : 1, labels fall as the odds say
  const count = 1_000
  const values = new Float32Array(count * 2)
  const right = Math.round((count * Math.E) / (Math.E + 1))
  const labels = Array.from({ length: count }, (_, i) => (i < right ? 0 : 1))
  for (let i = 0; i < count; i++) values[i * 2] = 3

  const temperature = fitTemperature({ values, count, classes: 2 }, labels)

  expect(temperature).toBeCloseTo(3, 1)
  expect(negativeLogLikelihood({ values, count, classes: 2 }, labels, temperature)).toBeLessThan(
    negativeLogLikelihood({ values, count, classes: 2 }, labels),
  )
})

test('answers as sure as they are right have no calibration error; boasting has', () => {
  const honest = Array.from({ length: 75 }, (_, i): ScoredPrediction => ({
    confidence: 0.8,
    isRight: i % 5 !== 0,
  }))
  const boasting = honest.map((a) => ({ ...a, confidence: 1 }))

  expect(calibrationError(honest)).toBeCloseTo(0, 10)
  expect(calibrationError(boasting)).toBeCloseTo(0.2, 10)
})

test('an answer may be called confident from where errors are surely few', () => {
  const answers = [
    ...Array.from({ length: 400 }, (): ScoredPrediction => ({ confidence: 0.99, isRight: true })),
    ...Array.from({ length: 100 }, (_, i): ScoredPrediction => ({ confidence: 0.6, isRight: i % 2 === 0 })),
  ]

  expect(confidentFrom(answers)).toEqual({ threshold: 0.99, shareAnswered: 0.8, errorAmongAnswered: 0 })
})

test('with a hundred perfect answers nothing can be called confident yet', () => {
  const answers = Array.from({ length: 100 }, (): ScoredPrediction => ({ confidence: 0.99, isRight: true }))

  expect(confidentFrom(answers).threshold).toBeNull()
})

test('the answer is the largest logit', () => {
  const answers = answersAt({ values: Float32Array.of(0, 5, 5, 0), count: 2, classes: 2 }, [1, 1], 1)

  expect(answers.map((a) => a.isRight)).toEqual([true, false])
})

test('how many held-back images would do is told from how these were answered', () => {
  const perfect = Array.from({ length: 100 }, (): ScoredPrediction => ({ confidence: 0.99, isRight: true }))
  const hopeless = perfect.map((answer, i) => ({ ...answer, isRight: i % 10 !== 0 }))

  // a faultless version needs 149 (fewestToPromise); five percent steps lead there from a hundred
  expect(imagesToPromise(perfect)).toBeGreaterThanOrEqual(149)
  expect(imagesToPromise(perfect)).toBeLessThan(160)
  expect(imagesToPromise(hopeless)).toBeNull()
})

test('bins of reliability hold equally many answers, the least sure first', () => {
  const answers = Array.from({ length: 30 }, (_, i): ScoredPrediction => ({
    confidence: (30 - i) / 32,
    isRight: i < 15,
  }))

  const bins = reliability(answers)

  expect(bins).toHaveLength(15)
  expect(bins[0]).toEqual({ images: 2, confidence: 1.5 / 32, right: 0 })
  expect(bins[14]).toEqual({ images: 2, confidence: 29.5 / 32, right: 2 })
})
