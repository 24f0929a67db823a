/** Networks as data: shapes, counts, initial weights, extended heads, folding. */
import { expect, test } from 'vitest'
import { foldBatchNorm } from './fold.ts'
import { initialWeights, withClasses } from './initial-weights.ts'
import { flopsPerImage, layoutOf, parameterCount, shapesOf, type Network } from './network.ts'
import { liveWeights, someBatch, tinyNetworks } from './networks.fakes.ts'
import { referenceAnswers, relativeError } from '../reference/step.ts'

const lenet: Network = {
  name: 'lenet',
  input: { size: 28, channels: 1 },
  classes: 10,
  layers: [
    { name: 'conv', kind: 'conv', kernel: 5, filters: 6, stride: 2 },
    { name: 'norm', kind: 'batchNorm' },
    { name: 'pool', kind: 'maxPool', size: 2 },
    { name: 'flat', kind: 'flatten' },
    { name: 'head', kind: 'dense', units: 10, bias: true },
  ],
}

test('shapes, parameters and operations are as counted by hand', () => {
  expect([...shapesOf(lenet).values()]).toEqual([
    [28, 28, 1],
    [14, 14, 6],
    [14, 14, 6],
    [7, 7, 6],
    [294],
    [10],
  ])
  expect(parameterCount(lenet)).toBe(5 * 5 * 6 + 4 * 6 + 294 * 10 + 10)
  expect(flopsPerImage(lenet)).toBe(2 * (14 * 14 * 25 * 6 + 294 * 10))
})

test.each<[string, Network['layers'], RegExp]>([
  ['a dense layer on a map', [{ name: 'head', kind: 'dense', units: 10, bias: true }], /needs a flat vector/],
  [
    'a head of another width',
    [
      { name: 'flat', kind: 'flatten' },
      { name: 'head', kind: 'dense', units: 9, bias: true },
    ],
    /must be dense with 10 units/,
  ],
  ['an unknown source', [{ name: 'flat', kind: 'flatten', from: 'nowhere' }], /not an earlier layer/],
  [
    'two layers of one name',
    [
      { name: 'a', kind: 'relu' },
      { name: 'a', kind: 'relu' },
    ],
    /two layers are named a/,
  ],
  [
    'a sum of unequal shapes',
    [
      { name: 'a', kind: 'conv', kernel: 3, filters: 2, stride: 1 },
      { name: 'b', kind: 'add', other: 'input' },
    ],
    /same shape as input/,
  ],
])('%s is refused', (_, layers, words) => expect(() => shapesOf({ ...lenet, layers })).toThrow(words))

test('an identity network passes on each channel, and its further filters are random', () => {
  const network: Network = {
    ...lenet,
    layers: [
      { name: 'first', kind: 'conv', kernel: 3, filters: 2, stride: 1 },
      { name: 'second', kind: 'conv', kernel: 3, filters: 3, stride: 1 },
      { name: 'flat', kind: 'flatten' },
      { name: 'head', kind: 'dense', units: 10, bias: true },
    ],
  }
  const kernel = initialWeights(network, 1, { startsAsIdentity: true })['second/kernel']!
  const at = (place: number, input: number, filter: number): number =>
    kernel[(place * 2 + input) * 3 + filter]!

  expect([at(4, 0, 0), at(4, 1, 1)]).toEqual([1, 1])
  for (let place = 0; place < 9; place++)
    for (const [input, filter] of [
      [0, 1],
      [1, 0],
    ] as const)
      expect(at(place, input, filter)).toBe(0)
  expect(at(3, 0, 0)).toBe(0)
  expect(at(4, 0, 2)).not.toBe(0)
})

test('initial weights depend on the seed and have the standard deviation of He', () => {
  const weights = initialWeights(
    { ...lenet, layers: lenet.layers.map((l) => (l.kind === 'conv' ? { ...l, filters: 600 } : l)) },
    1,
  )
  const kernel = weights['conv/kernel']!

  expect(Math.sqrt(kernel.reduce((sum, w) => sum + w * w, 0) / kernel.length)).toBeCloseTo(
    Math.sqrt(2 / 25),
    2,
  )
  expect(initialWeights(lenet, 1)).toEqual(initialWeights(lenet, 1))
  expect(initialWeights(lenet, 1)).not.toEqual(initialWeights(lenet, 2))
})

test('an extended head preserves the weights of its existing classes', () => {
  const network = tinyNetworks[0]!
  const weights = liveWeights(network, 1)
  const batch = someBatch(network, 2, 1)

  const grown = withClasses(network, weights, { classes: 5, seed: 2 })

  const before = referenceAnswers(network, weights, batch).logits
  const after = referenceAnswers(grown.network, grown.weights, batch).logits
  expect([after.slice(0, 3), after.slice(5, 8)]).toEqual([before.slice(0, 3), before.slice(3, 6)])
})

test.each(tinyNetworks.map((network) => [network.name, network] as const))(
  'folded batch norm answers alike: %s',
  (_, network) => {
    const weights = liveWeights(network, 1)
    const batch = someBatch(network, 2, 1)

    const folded = foldBatchNorm(layoutOf(network), weights)

    expect(
      relativeError(
        referenceAnswers(folded.network, folded.weights, batch).logits,
        referenceAnswers(network, weights, batch).logits,
      ),
    ).toBeLessThan(1e-6)
  },
)

test('batch norm is folded only when no other layer reads its source', () => {
  const normsIn = (network: Network): number =>
    foldBatchNorm(layoutOf(network), liveWeights(network, 1)).network.layers.filter(
      (layer) => layer.kind === 'batchNorm',
    ).length

  expect(normsIn(tinyNetworks[0]!)).toBe(0)
  expect(normsIn(tinyNetworks[4]!)).toBe(2) // a shortcut reads the first convolution; the second norm follows a sum
  expect(normsIn(tinyNetworks[9]!)).toBe(0)
})

test('after a max pool a batch norm with a negative scale is not folded, and the outputs stay the same', () => {
  const network = tinyNetworks[9]!
  const weights = liveWeights(network, 1)
  const turned = {
    ...weights,
    'l2/gamma': weights['l2/gamma']!.map((gamma, c) => (c === 3 ? -gamma : gamma)),
  }
  const batch = someBatch(network, 2, 1)

  const folded = foldBatchNorm(layoutOf(network), turned)

  expect(folded.network.layers.filter((layer) => layer.kind === 'batchNorm').map(({ name }) => name)).toEqual(
    ['l2'],
  )
  expect(
    relativeError(
      referenceAnswers(folded.network, folded.weights, batch).logits,
      referenceAnswers(network, turned, batch).logits,
    ),
  ).toBeLessThan(1e-6)
})
