import { expect, test } from 'vitest'
import { resultStatements, type VersionResultAnswer } from './version-result-text.ts'

const result = (parts: Partial<VersionResultAnswer>): VersionResultAnswer => ({
  classifier: 'pets',
  version: 'v1',
  test: null,
  cross_validation: null,
  confident: null,
  validation: null,
  ...parts,
})
const accuracy = (value: number, low: number, high: number) => ({ value, low, high })
const folds = (of: { value: number; low: number; high: number }) => ({
  images: 36,
  accuracy: of,
  balanced_accuracy: null,
  near_copies: 0,
  mistakes: null,
})
const first = (parts: Partial<VersionResultAnswer>) => resultStatements(result(parts))[0]!

test('accuracy is stated in hundredths with its interval, which is rounded outwards', () => {
  expect(first({ cross_validation: folds(accuracy(0.861, 0.748, 0.921)) }).accuracy).toBe(
    'About 86 of 100 predictions are right, probably between 74 and 93.',
  )
})

test('nothing is rounded to 100 that is not', () => {
  expect(
    first({ test: { images: 999, accuracy: accuracy(0.998, 0.99, 0.9991), mistakes: null } }).accuracy,
  ).toBe('About 99 of 100 predictions are right, probably between 99 and 100.')
})

test('nor is the figure with equal classes', () => {
  const { method } = first({
    cross_validation: { ...folds(accuracy(0.99, 0.95, 0.999)), balanced_accuracy: accuracy(0.996, 0.97, 1) },
  })

  expect(method).toContain('about 99 of 100 would be right')
})

test('where all are right, the interval is of other images', () => {
  expect(first({ cross_validation: folds(accuracy(1, 0.869, 1)) }).accuracy).toBe(
    'All 36 predictions are right. Of 100 others, probably between 86 and 100.',
  )
})

test('cross-validation is never called a test, and a test is', () => {
  const [test, crossValidation] = resultStatements(
    result({
      test: { images: 20, accuracy: accuracy(0.9, 0.7, 0.97), mistakes: null },
      cross_validation: folds(accuracy(0.8, 0.6, 0.9)),
    }),
  )

  expect(test?.method).toBe('Measured on 20 test images that were never used for training.')
  expect(crossValidation?.method).toBe(
    'Measured on 36 images: each was left out of training once and predicted by a model that was trained on ' +
      'the others.',
  )
})

test('validation images are named only where there is nothing else, and as too high', () => {
  const validation = { images: 7, accuracy: accuracy(0.9, 0.5, 0.98) }

  expect(first({ validation }).method).toContain('may be too high')
  expect(
    resultStatements(
      result({ validation, test: { images: 20, accuracy: validation.accuracy, mistakes: null } }),
    ),
  ).toHaveLength(1)
})

test('near-copies and unequal classes are explained', () => {
  const { method } = first({
    cross_validation: {
      ...folds(accuracy(0.87, 0.7, 0.95)),
      near_copies: 1,
      balanced_accuracy: accuracy(0.63, 0.5, 0.75),
    },
  })

  expect(method).toContain('count as one, so 1 near-copy is not counted.')
  expect(method).toContain('If each class counted the same, about 63 of 100 would be right.')
})
