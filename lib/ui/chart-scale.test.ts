import { expect, test } from 'vitest'
import { fitting, labelStep, stackedSums, valueAxis } from './chart-scale.ts'

const options = { isFromZero: true, isShare: false, isWhole: true, mostMarks: 6 }

test('the axis of bars begins at zero, ends above the highest bar, and counts have whole marks', () => {
  expect(valueAxis([3, 43], options).marks).toEqual([0, 10, 20, 30, 40, 50])
  expect(valueAxis([1, 2], options).marks).toEqual([0, 1, 2])
  expect(valueAxis([0.2, 0.9], { ...options, isWhole: false }).marks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
})

test('bars of nothing have an axis all the same, and so has a chart without values', () => {
  expect(valueAxis([0, 0], options)).toMatchObject({ low: 0, high: 1 })
  expect(valueAxis([], options)).toMatchObject({ low: 0, high: 1 })
})

test('a line begins where its values do, without errors of binary fractions', () => {
  const line = { ...options, isFromZero: false, isWhole: false }
  expect(valueAxis([0.12, 0.38], line).marks).toEqual([0.1, 0.2, 0.3, 0.4])
  expect(valueAxis([5, 5], line)).toMatchObject({ low: 0, high: 5 })
})

test('a small difference of shares does not fill the chart, and no axis passes 100 %', () => {
  const { low, high } = valueAxis([0.99, 1], {
    isFromZero: false,
    isShare: true,
    isWhole: false,
    mostMarks: 6,
  })
  expect(high).toBe(1)
  expect(high - low).toBeCloseTo(0.05)
})

test('stacked bars end at their sums; a missing value adds nothing', () => {
  expect(stackedSums([[1, null], [2, 3]])).toEqual([3, 3]) // prettier-ignore
})

test('labels that would overlap are left out, and long ones are shortened', () => {
  expect(labelStep(100, 500, 20)).toBe(4)
  expect(labelStep(4, 500, 20)).toBe(1)
  const perLetter = (text: string) => text.length * 10
  expect(fitting('circle', perLetter, 60)).toBe('circle')
  expect(fitting('triangle', perLetter, 60)).toBe('trian…')
})
