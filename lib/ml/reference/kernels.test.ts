/** The float64 reference, checked by finite differences; every engine is compared with it. */
import { expect, test } from 'vitest'
import { liveWeights, someBatch, tinyNetworks } from '../network/networks.fakes.ts'
import { planWeights } from '../network/weight-layout.ts'
import { createRandom, normal } from '../random.ts'
import { createReference } from './kernels.ts'
import { exact } from './exact.ts'
import { referenceGradients, type ExactWeights } from './step.ts'

test.each(tinyNetworks.map((network) => [network.name, network] as const))(
  'each gradient is the slope of the loss: %s',
  (_, network) => {
    const weights: Record<string, Float64Array> = Object.fromEntries(
      Object.entries(liveWeights(network, 7)).map(([name, values]) => [name, Float64Array.from(values)]),
    )
    const batch = someBatch(network, 3, 8)
    const random = createRandom(9)
    const lossAt = (changed: ExactWeights): number => referenceGradients({ network }, changed, batch).loss
    const { gradients } = referenceGradients({ network }, weights, batch)

    for (const { name } of planWeights({ network }).trained) {
      const direction = weights[name]!.map(() => normal(random))
      const moved = (by: number): ExactWeights => ({
        ...weights,
        [name]: weights[name]!.map((w, i) => w + by * direction[i]!),
      })
      const slope = (lossAt(moved(1e-6)) - lossAt(moved(-1e-6))) / 2e-6
      const expected = gradients[name]!.reduce((sum, g, i) => sum + g * direction[i]!, 0)
      expect(Math.abs(slope - expected), name).toBeLessThan(1e-6 * (1 + Math.abs(expected)))
    }
  },
)

test('frozen batch norm passes its gradient on and is not trained', () => {
  const network = tinyNetworks[4]!
  const weights: Record<string, Float64Array> = Object.fromEntries(
    Object.entries(liveWeights(network, 7)).map(([name, values]) => [name, Float64Array.from(values)]),
  )
  const batch = someBatch(network, 3, 8)
  const lossAt = (by: number): number =>
    referenceGradients(
      { network, batchNorm: 'frozen' },
      { ...weights, 'l0/kernel': weights['l0/kernel']!.map((w) => w + by) },
      batch,
    ).loss

  const { gradients, measured } = referenceGradients({ network, batchNorm: 'frozen' }, weights, batch)

  expect(Object.keys(gradients).filter((name) => /gamma|beta/.test(name))).toEqual([])
  expect(measured).toEqual({})
  expect((lossAt(1e-6) - lossAt(-1e-6)) / 2e-6).toBeCloseTo(
    gradients['l0/kernel']!.reduce((sum, g) => sum + g, 0),
    6,
  )
})

test('no gradient flows into frozen layers', () => {
  const network = tinyNetworks[0]!
  const { gradients, measured } = referenceGradients(
    { network, frozenThrough: 'l6' },
    liveWeights(network, 7),
    someBatch(network, 3, 8),
  )

  expect(Object.keys(gradients).sort()).toEqual([
    'l12/bias',
    'l12/kernel',
    'l8/kernel',
    'l9/beta',
    'l9/gamma',
  ])
  expect(Object.keys(measured)).toEqual(['l9/mean', 'l9/variance'])
})

test('equal maxima share the gradient, negative ones too', () => {
  const k = createReference()
  const pool = { size: 2, input: [2, 2, 1], output: [1, 1, 1] }
  const x = exact([1, 2, 2, 1], [-3, -1, -1, -2])

  expect([...k.maxPoolGradient(exact([1, 1, 1, 1], [6]), x, k.maxPool(x, pool), pool).data]).toEqual([
    0, 3, 3, 0,
  ])
})
