import { expect, test } from 'vitest'
import { takeTests, test as collect } from './test-collector.ts'

test('tests and rows of tables are collected in order, and each is taken once', async () => {
  const calls: unknown[] = []
  collect('one', () => calls.push('one'))
  collect.each([
    ['a', 1],
    ['b', 2],
  ])('%s is %d', (letter, number) => calls.push([letter, number]))
  collect.each(['c'])('%s', (letter) => calls.push(letter))

  for (const run of takeTests()) await run()

  expect(calls).toEqual(['one', ['a', 1], ['b', 2], 'c'])
  expect(takeTests()).toEqual([])
})

test('an expectation that is not met ends a collected test', () => {
  collect('wrong', () => expect(1 + 1).toBe(3))

  expect(takeTests()[0]).toThrow('expected 2 to be 3')
})
