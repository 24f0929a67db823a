import { expect, test } from 'vitest'
import { createRandom } from '../random.ts'
import { plainProducts, type FeatureTable } from './feature-products.ts'
import { regressAll } from './parallel-regression.ts'
import { isWorthwhile, rowSpaceOf } from './row-space.ts'

const random = createRandom(3)
const COUNT = 12
const LENGTH = 40
const drawn = Float32Array.from({ length: COUNT * LENGTH }, () => random() * 2 - 1)
drawn.copyWithin(LENGTH, 0, LENGTH) // the second image is the first again
const features = { features: drawn, count: COUNT, length: LENGTH }

const targets = new Float32Array(3 * COUNT)
for (let i = 0; i < COUNT; i++) targets[(i % 3) * COUNT + i] = 1

async function fitted(table: FeatureTable, loss: 'cross-entropy' | 'squares') {
  const start = new Float64Array(3 * (table.length + 1))
  const importance = Float32Array.from({ length: COUNT }, (_, i) => (i % 4 === 3 ? 0 : 1))
  const [fit] = await regressAll(
    [{ importance, strength: 0.5, towards: start, from: start }],
    { count: COUNT, length: table.length, classes: 3, targets },
    await plainProducts(table),
    { steps: 200, tolerance: 1e-9, loss },
  )
  return fit!
}

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)))

test.each(['cross-entropy', 'squares'] as const)(
  '%s: a regression in the row space gives the logits and the weights of one on the features',
  async (loss) => {
    const rowSpace = rowSpaceOf(features)

    const short = await fitted(rowSpace.table, loss)
    const long = await fitted(features, loss)

    expect(rowSpace.table.length).toBe(COUNT)
    expect(largestDifference(short.logits, long.logits)).toBeLessThan(1e-3)
    const weights = rowSpace.fullWeights(short.flat)
    expect(weights).toHaveLength(3 * (LENGTH + 1))
    expect(largestDifference(weights, long.flat)).toBeLessThan(1e-3)
    expect(Math.max(...long.flat)).toBeGreaterThan(0.01)
  },
)

test('it is used where there are at most half as many rows as features', () => {
  expect(isWorthwhile({ count: 552, length: 1104 })).toBe(true)
  expect(isWorthwhile({ count: 553, length: 1104 })).toBe(false)
})
