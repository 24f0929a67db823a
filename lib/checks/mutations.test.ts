import { expect, test } from 'vitest'
import { mutated, mutationsOf } from './mutations.ts'

const changesOf = (text: string): readonly string[] =>
  mutationsOf('lib/domain/x.ts', text).map((one) => mutated(text, one))

test('a comparison is flipped at its boundary, an equality is negated', () => {
  expect(changesOf('const f = (a, b) => a < b')).toEqual(['const f = (a, b) => a <= b'])
  expect(changesOf('const f = (a, b) => a >= b')).toEqual(['const f = (a, b) => a > b'])
  expect(changesOf('const f = (a, b) => a === b')).toEqual(['const f = (a, b) => a !== b'])
})

test('a constant grows by one, and a sign and a rounding are reversed', () => {
  expect(changesOf('export const MOST = 1_000')).toEqual(['export const MOST = 1001'])
  expect(changesOf('const f = (a) => Math.floor(a - b)')).toEqual([
    'const f = (a) => Math.ceil(a - b)',
    'const f = (a) => Math.floor(a + b)',
  ])
})

test('types, imports and joined text are unchanged', () => {
  expect(changesOf(`import { x } from './1.ts'\ntype T = 1 | true\nconst f = (a) => 'n ' + a`)).toEqual([])
})

test('each change has its line and the expression around it', () => {
  expect(mutationsOf('x.ts', 'const a = 1\nconst b = c && d')[1]).toMatchObject({
    line: 2,
    from: 'c && d',
    to: 'c || d',
  })
})
