import { expect, test } from 'vitest'
import { counted, namesText } from './count-text.ts'

test.each([
  [0, '0 images'],
  [1, '1 image'],
  [2, '2 images'],
  [1_234, '1,234 images'],
])('%i is written as %s', (count, words) => expect(counted(count, 'image')).toBe(words))

test('an irregular plural is given by the caller', () =>
  expect([counted(1, 'entry', 'entries'), counted(3, 'entry', 'entries')]).toEqual(['1 entry', '3 entries']))

test('names are listed as far as they fit, and the others are counted', () => {
  const long = Array.from({ length: 100 }, (_, i) => `class ${i}`.padEnd(60, '-'))

  expect(namesText(['oak', 'ash'], ' · ')).toBe('oak · ash')
  expect(
    namesText(
      Array.from({ length: 22 }, (_, i) => `${i}`),
      ', ',
    ),
  ).toMatch(/^0, 1, .*, 19 and 2 more$/)
  expect(namesText(long, ', ')).toBe(`${long.slice(0, 4).join(', ')} and 96 more`)
  expect(namesText(['x'.repeat(300), 'y'], ', ')).toBe(`${'x'.repeat(300)} and 1 more`)
})
