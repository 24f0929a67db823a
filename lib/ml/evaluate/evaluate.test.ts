import { expect, test } from 'vitest'
import { answersAt, type Logits } from '#lib/domain/evaluation/calibration.ts'
import { evaluation, score } from './evaluate.ts'

/** Three classes; predictions 0 0 1 · 1 1 · 2 0, against labels 0 0 0 · 1 1 · 2 2. */
const logits = {
  values: Float32Array.from([2, 0, 0, 2, 0, 0, 0, 2, 0, 0, 2, 0, 0, 2, 0, 0, 0, 2, 2, 0, 0]),
  count: 7,
  classes: 3,
}
const labels = Int32Array.of(0, 0, 0, 1, 1, 2, 2)
const classes = ['a', 'b', 'c']

const evaluated = (of: Logits, shown: Int32Array) =>
  evaluation(of, answersAt(of, shown, 1), { classes, temperature: 1 })

test('accuracy and loss agree with counting by hand', () => {
  // −log softmax: log(e² + 2) − 2 when correct, log(e² + 2) when incorrect; five correct, two incorrect.
  const byHand = (7 * Math.log(Math.exp(2) + 2) - 5 * 2) / 7

  expect(score(logits, labels)).toMatchObject({ images: 7, right: 5, accuracy: 5 / 7 })
  expect(score(logits, labels).loss).toBeCloseTo(byHand, 6)
})

test('the confusion matrix has the true class in its rows and the predicted class in its columns', () => {
  const result = evaluated(logits, labels)

  expect(result.confusion).toEqual([
    [2, 1, 0],
    [0, 2, 0],
    [1, 0, 1],
  ])
})

test('precision, recall and F1 of each class agree with counting by hand', () => {
  const { perClass, macroF1 } = evaluated(logits, labels)

  expect(perClass[0]).toEqual({ class: 'a', images: 3, precision: 2 / 3, recall: 2 / 3, f1: 4 / 6 })
  expect(perClass[1]).toEqual({ class: 'b', images: 2, precision: 2 / 3, recall: 1, f1: 4 / 5 })
  expect(perClass[2]).toEqual({ class: 'c', images: 2, precision: 1, recall: 0.5, f1: 2 / 3 })
  expect(macroF1).toBeCloseTo((4 / 6 + 4 / 5 + 2 / 3) / 3, 12)
})

test('the mean over classes, and that over images, agree with counting by hand', () => {
  const { macro, weighted } = evaluated(logits, labels)

  expect(macro.precision).toBeCloseTo((2 / 3 + 2 / 3 + 1) / 3, 12)
  expect(macro.recall).toBeCloseTo((2 / 3 + 1 + 1 / 2) / 3, 12)
  expect(weighted.precision).toBeCloseTo((3 * (2 / 3) + 2 * (2 / 3) + 2 * 1) / 7, 12)
  expect(weighted.recall).toBeCloseTo(5 / 7, 12) // equals the accuracy
  expect(weighted.f1).toBeCloseTo((3 * (4 / 6) + 2 * (4 / 5) + 2 * (2 / 3)) / 7, 12)
})

test('accuracy comes with its Wilson interval', () => {
  // Wilson 1927 for 5 of 7, calculated with z = 1.959964: 0.3589 to 0.9178.
  const { accuracy } = evaluated(logits, labels)

  expect(accuracy.low).toBeCloseTo(0.3589, 4)
  expect(accuracy.high).toBeCloseTo(0.9178, 4)
})

test('no calibration error is computed from only seven images', () => {
  expect(evaluated(logits, labels)).toMatchObject({
    ece: null,
    reliability: null,
  })
})

test('a class without images has no recall', () => {
  const { perClass } = evaluated({ ...logits, count: 5 }, labels.subarray(0, 5))

  expect(perClass[2]).toEqual({ class: 'c', images: 0, precision: null, recall: null, f1: null })
})
