import { expect, test } from 'vitest'
import { wordOf, wordOrNull } from './store.ts'

const STATES = ['queued', 'running'] as const

test('a stored word of the list keeps its value', () => {
  expect(wordOf(STATES, 'running', 'Run.state')).toBe('running')
  expect(wordOrNull(STATES, null, 'Run.state')).toBeNull()
})

test('a stored word that the program does not know is refused with its column, not passed on', () => {
  const read = () => wordOf(STATES, 'paused', 'Run.state')

  expect(read).toThrow('Run.state is "paused" in the database: expected queued, running')
})
