import { expect, test } from 'vitest'
import { meanFit, squaresStrength, wantsSquares } from './mean-of-heads.ts'

const fit = (logits: readonly number[], flat: readonly number[]) => ({
  logits: Float32Array.from(logits),
  flat: Float64Array.from(flat),
})

test('a regression with a hundred times larger logits does not outvote the other', () => {
  const nats = fit([-100, 100], [50, 0]) // standard deviation 100
  const shares = fit([1, -1], [0, 2]) // standard deviation 1

  const { logits, flat } = meanFit(nats, shares)

  expect([...logits]).toEqual([0, 0])
  expect([...flat]).toEqual([0.25, 1])
})

test('logits that are all equal say nothing, and the other regression decides', () => {
  expect([...meanFit(fit([0, 0], [0]), fit([3, 1], [4])).logits]).toEqual([1.5, 0.5])
})

test('a thousand images have both regressions, more have one', () => {
  expect(wantsSquares({ count: 1_000 }, null)).toBe(true)
  expect(wantsSquares({ count: 1_001 }, null)).toBe(false)
  expect(wantsSquares({ count: 10 }, { kernel: new Float32Array(1), bias: new Float32Array(1) })).toBe(false)
})

test('more features are regularised more strongly, more images less', () => {
  expect(squaresStrength({ count: 20, length: 960 })).toBeCloseTo(16)
  expect(squaresStrength({ count: 200, length: 960 })).toBeCloseTo(1.6)
})
