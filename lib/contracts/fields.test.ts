import { expect, test } from 'vitest'
import { createClassifier } from './classifiers.ts'
import { giveFeedback } from './predictions.ts'
import { className } from './fields.ts'

const ID = '0193b3f0-0000-7000-8000-000000000001'

test('names of classes, classifiers and users lose invisible characters, and keep their script', () => {
  expect(className.parse('  ca\u200Bt\u202E ')).toBe('cat')
  expect(className.parse('\u2067עברית\u2069')).toBe('עברית')
  expect(giveFeedback.input.parse({ id: ID, correct: false, label: 'do\u2060g' }).label).toBe('dog')
  expect(createClassifier.input.parse({ id: 'leaves', title: 'Le\u202Eaves' }).title).toBe('Leaves')
})

test('a name of only invisible characters is refused, and so are control characters', () => {
  for (const name of ['\u200B', ' \u202E ', 'a\u0007b', 'x'.repeat(201)])
    expect(className.safeParse(name).success, JSON.stringify(name)).toBe(false)
})
