import { expect, test } from 'vitest'
import { figuresWithNames, nameToday } from './class-renames.ts'

const day = (n: number): Date => new Date(Date.UTC(2026, 10, n))

test.each([
  ['a class that was not renamed keeps its name', 'plum', 1, 'plum'],
  ['a renamed class has its new name', 'appel', 1, 'apple'],
  ['two renames follow one another', 'aple', 1, 'apple'],
  ['a name that was given again later belongs to the other class', 'lime', 1, 'citrus'],
  ['a version made after a rename is not changed by it', 'appel', 9, 'appel'],
])('%s', (_story, name, since, today) => {
  const renames = [
    { from: 'aple', to: 'appel', at: day(2) },
    { from: 'appel', to: 'apple', at: day(3) },
    { from: 'lime', to: 'citrus', at: day(4) },
    { from: 'lemon', to: 'lime', at: day(5) },
  ]

  expect(nameToday(name, renames, day(since))).toBe(today)
})

test('figures name the classes of today', () => {
  const figures = { per_class: [{ class: 'a', images: 3 }], suspects: [{ label: 'a', answer: 'b' }] }

  expect(figuresWithNames(figures, (name) => name.toUpperCase())).toEqual({
    per_class: [{ class: 'A', images: 3 }],
    suspects: [{ label: 'A', answer: 'B' }],
  })
})
