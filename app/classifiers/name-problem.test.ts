import { expect, test } from 'vitest'
import { nameProblem } from './name-problem.ts'

test.each<[string, string, RegExp | undefined]>([
  ['no name yet', '  ', undefined],
  ['a name that no other classifier has', 'Our pets', undefined],
  ['the name of another classifier', 'Our  Shapes!', /already exists/],
  ['a name that makes no id', 'Кошки', /at least one letter/],
])('%s', (_story, title, problem) => {
  const found = nameProblem(title, ['our-shapes'])

  if (problem === undefined) expect(found).toBeUndefined()
  else expect(found).toMatch(problem)
})
