import { expect, test } from 'vitest'
import { learningRate, plateauRate, scaledRate } from './schedule.ts'

const rate = { peak: 0.1, warmUpEpochs: 2, end: 0.001 }

test.each([
  ['the rate starts small', 0, 0.002],
  ['halfway through the warm-up it is half the peak', 1, 0.05],
  ['after the warm-up it is the peak', 2, 0.1],
  ['halfway down the cosine it is the mean of peak and end', 6, 0.0505],
  ['it finishes at its end value', 10, 0.001],
  ['it stays there', 11, 0.001],
])('%s', (_, at, expected) => expect(learningRate(rate, at, 10)).toBeCloseTo(expected, 9))

test('training of four epochs warms up for one', () => {
  expect(learningRate(rate, 1, 4)).toBeCloseTo(0.1, 9)
})

test('a batch a quarter as large halves the rate', () => {
  expect(scaledRate(rate, 32, 128)).toEqual({ peak: 0.05, warmUpEpochs: 2, end: 0.0005 })
})

test.each<[string, readonly number[], number]>([
  ['before the first loss the rate is the peak', [], 1],
  ['while the loss falls it stays', [3, 2, 1], 1],
  ['two epochs without a smaller loss halve it', [3, 2, 2, 2.5], 0.5],
  ['a reduction restarts the patience', [3, 2, 2, 2, 2], 0.5],
  ['two more halve it again', [3, 2, 2, 2, 2, 2], 0.25],
  ['a smaller loss resets the patience', [3, 2, 2, 1, 1], 1],
  ['it never falls below its end value', Array<number>(20).fill(1), 0.1],
])('on a plateau: %s', (_, losses, expected) => {
  expect(
    plateauRate({ peak: 1, warmUpEpochs: 0, end: 0.1, reduce: { patience: 2, factor: 0.5 } }, losses),
  ).toBeCloseTo(expected, 9)
})
