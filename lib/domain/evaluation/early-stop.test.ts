import { expect, test } from 'vitest'
import { bestEpochOf, earlyStopSentence, endedEarly } from './early-stop.ts'

/** Improves until `best`, then not. */
const pointsTo = (last: number, best: number) =>
  Array.from({ length: last }, (_, i) => ({ epoch: i + 1, is_best: i + 1 <= best }))

test('a run that stopped early states its number of epochs, and how long nothing improved', () => {
  const course = { epoch: 98, epochs: 189, points: pointsTo(98, 86) }

  expect(endedEarly(course)).toBe(true)
  expect(bestEpochOf(course.points)).toBe(86)
  expect(earlyStopSentence(course)).toBe(
    'Stopped early after 98 of up to 189 epochs: no improvement for 12 epochs.',
  )
})

test.each([
  ['a run with all of its epochs', { epoch: 3, epochs: 3 }],
  ['a run that has not started', { epoch: 0, epochs: 3 }],
])('%s did not stop early', (_story, course) => expect(endedEarly(course)).toBe(false))

test('a run that stopped after its first epoch did stop early', () => {
  expect(endedEarly({ epoch: 1, epochs: 2 })).toBe(true)
})
