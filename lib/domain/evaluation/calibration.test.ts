import { expect, test } from 'vitest'
import {
  answersAt,
  calibrationError,
  confidentFrom,
  targetErrorFor,
  fitTemperature,
  imagesForConfidence,
  imagesForThreshold,
  logLosses,
  negativeLogLikelihood,
  reliability,
  softmax,
  type ScoredPrediction,
} from './calibration.ts'
import { clopperPearsonUpper } from './statistics.ts'

test('softmax of equal logits is uniform, and large logits stay finite', () => {
  expect(softmax([3, 3])).toEqual([0.5, 0.5])
  expect(softmax([1_000, 0])).toEqual([1, 0])
  expect(softmax([2, 0], 2)[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 12)
})

test('logits that are scaled up three times get the temperature three', () => {
  // of 1,000 images with true odds e : 1, labels are distributed by these odds
  const count = 1_000
  const values = new Float32Array(count * 2)
  const right = Math.round((count * Math.E) / (Math.E + 1))
  const labels = Array.from({ length: count }, (_, i) => (i < right ? 0 : 1))
  for (let i = 0; i < count; i++) values[i * 2] = 3

  const temperature = fitTemperature({ values, count, classes: 2 }, labels)

  // the likelihood is largest when the odds at that temperature are those of the labels
  expect(temperature).toBeCloseTo(3 / Math.log(right / (count - right)), 6)
  expect(negativeLogLikelihood({ values, count, classes: 2 }, labels, temperature)).toBeLessThan(
    negativeLogLikelihood({ values, count, classes: 2 }, labels),
  )
})

test('the likelihood of two labels is the mean of the two logarithms, and large logits keep it finite', () => {
  const values = Float32Array.of(2, 0, 0, 1)

  expect(negativeLogLikelihood({ values, count: 2, classes: 2 }, [0, 0])).toBeCloseTo(
    (Math.log(1 + Math.exp(-2)) + Math.log(1 + Math.E)) / 2,
    12,
  )
  const large = { values: Float32Array.of(1_000, 0), count: 1, classes: 2 }
  expect(negativeLogLikelihood(large, [0])).toBe(0)
  expect(negativeLogLikelihood({ ...large, values: Float32Array.of(0, 1_000) }, [1])).toBe(0)
  expect(logLosses({ values: Float32Array.of(2, 0), count: 1, classes: 2 }, [0])[0]).toBeCloseTo(
    Math.log(1 + Math.exp(-2)),
    12,
  )
  const between = { values: Float32Array.of(0, 0, 1_000, 1_000), count: 2, classes: 2 }
  expect(negativeLogLikelihood(between, [0, 1])).toBeCloseTo(Math.log(2), 12)
})

test('logits that are always correct get the lowest temperature, those that are always incorrect the highest', () => {
  const logits = { values: Float32Array.of(0.5, 0, 0.5, 0), count: 2, classes: 2 }

  expect(fitTemperature(logits, [0, 0])).toBeCloseTo(0.05, 4)
  expect(fitTemperature(logits, [1, 1])).toBeCloseTo(20, 4)
})

test('predictions as confident as they are accurate have no calibration error; overconfident ones have', () => {
  const honest = Array.from({ length: 75 }, (_, i): ScoredPrediction => ({
    confidence: 0.8,
    isRight: i % 5 !== 0,
  }))
  const boasting = honest.map((a) => ({ ...a, confidence: 1 }))

  expect(calibrationError(honest)).toBeCloseTo(0, 10)
  expect(calibrationError(boasting)).toBeCloseTo(0.2, 10)
})

test('one prediction has the error of its confidence, none has no error', () => {
  expect(calibrationError([{ confidence: 0.7, isRight: true }])).toBeCloseTo(0.3, 12)
  expect(calibrationError([])).toBe(0)
})

test('errors count in the bin of their confidence, whatever the order of the predictions', () => {
  const answers = [
    ...Array.from({ length: 200 }, (): ScoredPrediction => ({ confidence: 0.5, isRight: false })),
    ...Array.from({ length: 1_000 }, (_, i): ScoredPrediction => ({ confidence: 0.9, isRight: i >= 10 })),
  ]

  expect(confidentFrom(answers)).toEqual({
    threshold: 0.9,
    shareAnswered: 1_000 / 1_200,
    errorAmongAnswered: 10 / 1_000,
  })
})

test('149 correct predictions suffice for two percent, 148 do not', () => {
  const perfect = Array.from({ length: 149 }, (): ScoredPrediction => ({ confidence: 0.9, isRight: true }))

  // Clopper–Pearson without an error: 1 − 0.05 ** (1 / n) ≤ 0.02 from n = 149
  expect(confidentFrom(perfect).threshold).toBe(0.9)
  expect(confidentFrom(perfect.slice(1)).threshold).toBeNull()
})

test('few images have a target that they can prove: 59 correct predictions suffice for five percent', () => {
  const perfect = Array.from({ length: 59 }, (): ScoredPrediction => ({ confidence: 0.9, isRight: true }))

  // 1 − 0.05 ** (1 / n) ≤ 0.05 from n = 59
  expect([59, 299, 300].map(targetErrorFor)).toEqual([0.05, 0.05, 0.02])
  expect(confidentFrom(perfect, targetErrorFor(59)).threshold).toBe(0.9)
  expect(confidentFrom(perfect.slice(1), targetErrorFor(58)).threshold).toBeNull()
})

test('predictions are confident from the threshold at which errors are provably rare', () => {
  const answers = [
    ...Array.from({ length: 400 }, (): ScoredPrediction => ({ confidence: 0.99, isRight: true })),
    ...Array.from({ length: 100 }, (_, i): ScoredPrediction => ({ confidence: 0.6, isRight: i % 2 === 0 })),
  ]

  expect(confidentFrom(answers)).toEqual({ threshold: 0.99, shareAnswered: 0.8, errorAmongAnswered: 0 })
})

test('with a hundred correct predictions no threshold for confidence exists yet', () => {
  const answers = Array.from({ length: 100 }, (): ScoredPrediction => ({ confidence: 0.99, isRight: true }))

  expect(confidentFrom(answers).threshold).toBeNull()
})

test('each prediction is read from its own row', () => {
  const answers = answersAt({ values: Float32Array.of(0, 1, 2, 0, 9, 9), count: 3, classes: 2 }, [1, 0, 0], 1)

  expect(answers.map(({ confidence }) => confidence.toFixed(4))).toEqual(['0.7311', '0.8808', '0.5000'])
})

test('the predicted class has the largest logit', () => {
  const answers = answersAt({ values: Float32Array.of(0, 5, 5, 0), count: 2, classes: 2 }, [1, 1], 1)

  expect(answers.map((a) => a.isRight)).toEqual([true, false])
})

test('the number of images needed is estimated from the results on the existing ones', () => {
  const perfect = Array.from({ length: 100 }, (): ScoredPrediction => ({ confidence: 0.99, isRight: true }))
  const hopeless = perfect.map((answer, i) => ({ ...answer, isRight: i % 10 !== 0 }))

  // a faultless version needs 149 (fewestToPromise); steps of five percent lead from 100 to 148, then 155.1
  expect(imagesForThreshold(perfect)).toBe(156)
  expect(imagesForThreshold(hopeless)).toBeNull()
})

test('the most confident predictions determine the number of images needed, and the others are added to it', () => {
  const surest = Array.from({ length: 100 }, (): ScoredPrediction => ({ confidence: 0.9, isRight: true }))
  const others = Array.from({ length: 100 }, (): ScoredPrediction => ({ confidence: 0.5, isRight: false }))

  expect(imagesForThreshold([...others, ...surest])).toBe(311) // 155.1 of the surest are half of 310.3
})

test('few images have a target of five percent, and as soon as 300 are needed, of two', () => {
  const of = (surest: number, others: number) => [
    ...Array.from({ length: surest }, (): ScoredPrediction => ({ confidence: 0.9, isRight: true })),
    ...Array.from({ length: others }, (): ScoredPrediction => ({ confidence: 0.5, isRight: false })),
  ]

  expect(imagesForConfidence(of(40, 10))).toBe(74) // 59 of 74 are as sure as the 40
  expect(imagesForThreshold(of(8, 92), 0.05)).toBeGreaterThan(300)
  expect(imagesForConfidence(of(8, 92))).toBe(imagesForThreshold(of(8, 92), 0.02))
})

test('errors grow with the images: 2 of 200 become 5 of 531, the first bound that is at most two percent', () => {
  const surest = Array.from({ length: 200 }, (_, i): ScoredPrediction => ({
    confidence: 0.9,
    isRight: i >= 2,
  }))

  // in steps of five percent; Clopper–Pearson's bound is 0.0207 for 5 of 505 and 0.0197 for 5 of 531
  expect(imagesForThreshold(surest)).toBe(531)
})

test('predictions with equal confidence are all called confident or none is', () => {
  const answers = Array.from({ length: 150 }, (_, i): ScoredPrediction => ({
    confidence: 0.9,
    isRight: i < 149,
  }))

  // 149 correct ones alone would suffice; with the incorrect one the bound is 3.1 %
  expect(confidentFrom(answers).threshold).toBeNull()
})

test('a bound that equals the target suffices', () => {
  const perfect = Array.from({ length: 100 }, (): ScoredPrediction => ({ confidence: 0.9, isRight: true }))
  const bound = clopperPearsonUpper(0, 100)

  expect(confidentFrom(perfect, bound).threshold).toBe(0.9)
  expect(imagesForThreshold(perfect, bound)).toBe(100)
})

test('the number of images needed is rounded up: 135 times 1.1025 are 149', () => {
  const perfect = Array.from({ length: 135 }, (): ScoredPrediction => ({ confidence: 0.9, isRight: true }))

  expect(imagesForThreshold(perfect)).toBe(149)
})

test('one error in fifty equally confident predictions is too many, however many images there were', () => {
  const answers = Array.from({ length: 50 }, (_, i): ScoredPrediction => ({
    confidence: 0.9,
    isRight: i < 49,
  }))

  expect(imagesForThreshold(answers)).toBeNull()
})

test('predictions that do not fill the bins evenly are each in exactly one bin', () => {
  const answers = Array.from({ length: 20 }, (_, i): ScoredPrediction => ({
    confidence: i / 20,
    isRight: true,
  }))

  expect(reliability(answers).map(({ images }) => images)).toEqual([
    1, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1, 2,
  ])
})

test('reliability bins have equally many predictions, the least confident first', () => {
  const answers = Array.from({ length: 30 }, (_, i): ScoredPrediction => ({
    confidence: (30 - i) / 32,
    isRight: i < 15,
  }))

  const bins = reliability(answers)

  expect(bins).toHaveLength(15)
  expect(bins[0]).toEqual({ images: 2, confidence: 1.5 / 32, right: 0 })
  expect(bins[14]).toEqual({ images: 2, confidence: 29.5 / 32, right: 2 })
})
