import { expect, test } from 'vitest'
import { classesIn } from './classes-in.ts'

test.each([
  ['', undefined],
  [' , ', undefined],
  ['cat, dog', ['cat', 'dog']],
  ['["a, b", "c"]', ['a, b', 'c']],
  ['[a], b', ['[a]', 'b']],
])('%j becomes %j', (text, names) => expect(classesIn(text)).toEqual(names))
