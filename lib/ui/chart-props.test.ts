import { expect, test } from 'vitest'
import { valueText } from './chart-props.ts'

test('the error of binary fractions is not shown on an axis', () => {
  expect(valueText(1.2 + 0.6000000000000001, false)).toBe('1.8')
  expect(valueText(0.000911, false)).toBe('0.000911')
  expect(valueText(12_345, false)).toBe('12345')
})

test('a share is shown in percent, to a tenth', () => {
  expect(valueText(0.7174, true)).toBe('71.7 %')
})
