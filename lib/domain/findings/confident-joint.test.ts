import { expect, test } from 'vitest'
import {
  confidentClass,
  confidentThresholds,
  labelIssues,
  type LabelledProbabilities,
} from './confident-joint.ts'

/** Cats (0) and dogs (1), with the probability of a dog. */
const row = (label: number, dog: number): LabelledProbabilities => ({ label, probabilities: [1 - dog, dog] })

const rows = [row(0, 0.1), row(0, 0.2), row(0, 0.9), row(1, 0.8), row(1, 0.9), row(1, 0.45)]

test('the threshold of a class is its mean probability among the images labelled so', () => {
  const [cat, dog, none] = confidentThresholds(
    rows.map(({ label, probabilities }) => ({ label, probabilities: [...Array.from(probabilities), 0] })),
    3,
  )

  expect(cat).toBeCloseTo(0.6, 9) // (0.9 + 0.8 + 0.1) / 3
  expect(dog).toBeCloseTo(2.15 / 3, 9) // (0.8 + 0.9 + 0.45) / 3
  expect(none).toBe(Infinity)
})

test('an image belongs to the likeliest class whose threshold it reaches, or to none', () => {
  expect(confidentClass([0.3, 0.7], [0.6, 0.7])).toBe(1)
  expect(confidentClass([0.45, 0.55], [0.6, 0.7])).toBeNull()
  expect(confidentClass([0.55, 0.45], [0.5, 0.4])).toBe(0)
})

test('a cat that is confidently a dog is an issue; an uncertain dog is none', () => {
  const issues = labelIssues(rows, 2)

  expect(issues).toHaveLength(1)
  expect(issues[0]).toMatchObject({ row: 2, suggested: 1 })
  expect(issues[0]!.doubt).toBeCloseTo(0.9, 9) // 1 − 0.1
})

test('a label that is all but excluded is an issue, although no class reaches its threshold', () => {
  const certain = [row(0, 0), row(0, 0), row(1, 1), row(1, 1)]
  const three = [...certain, row(0, 0.5)].map(({ label, probabilities }) => ({
    label,
    probabilities: [...Array.from(probabilities), 0],
  }))
  const issuesWith = (probabilities: readonly number[]) =>
    labelIssues([...three, { label: 0, probabilities }], 3)

  expect(issuesWith([0.04, 0.9, 0.06])).toMatchObject([{ row: 5, suggested: 1 }])
  expect(issuesWith([0.06, 0.9, 0.04])).toEqual([])
})

test('a label that is the likeliest class is no issue, although only the other class is confident', () => {
  // thresholds: 0.83 for the first class, 0.35 for the second; the third row (0.6 and 0.4) reaches the second alone
  const few = [row(0, 0.05), row(0, 0.05), row(0, 0.4), row(1, 0.3), row(1, 0.4)]

  expect(confidentClass(few[2]!.probabilities, confidentThresholds(few, 2))).toBe(1)
  expect(labelIssues(few, 2).map((issue) => issue.row)).toEqual([])
})
