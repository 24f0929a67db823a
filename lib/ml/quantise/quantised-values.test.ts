import { expect, test } from 'vitest'
import { layoutOf, type Layer, type Network } from '../network/network.ts'
import { float32Reason, quantisedValues } from './quantised-values.ts'

const network = (layers: readonly Layer[]): Network => ({
  name: 'test',
  input: { size: 8, channels: 3 },
  classes: 2,
  layers: [...layers, { name: 'logits', kind: 'dense', units: 2, bias: true }],
})
const conv = (name: string, from?: string): Layer => ({
  name,
  kind: 'conv',
  kernel: 3,
  filters: 4,
  stride: 1,
  bias: true,
  ...(from && { from }),
})

test('a relu becomes the limits of the convolution before it, also behind a max pool', () => {
  const { values, absorbed, kernels } = quantisedValues(
    layoutOf(
      network([
        conv('a'),
        { name: 'pool', kind: 'maxPool', size: 2 },
        { name: 'a-relu', kind: 'relu' },
        conv('b'),
        { name: 'b-relu', kind: 'relu' },
        { name: 'mean', kind: 'globalAvgPool' },
      ]),
    ),
  )

  expect(values).toEqual([
    { layer: 'a', measured: 'a-relu' },
    { layer: 'b', measured: 'b-relu' },
  ])
  expect([...absorbed]).toEqual(['a-relu', 'b-relu'])
  expect([...kernels]).toEqual(['b']) // the first and the last kernel stay float32
})

test('a convolution that something else reads keeps both signs', () => {
  const { values } = quantisedValues(
    layoutOf(
      network([
        conv('a'),
        { name: 'a-relu', kind: 'relu' },
        conv('b'),
        { name: 'sum', kind: 'add', other: 'a' },
        { name: 'mean', kind: 'globalAvgPool' },
      ]),
    ),
  )

  expect(values).toEqual([
    { layer: 'a', measured: 'a' },
    { layer: 'a-relu', measured: 'a-relu' },
    { layer: 'b', measured: 'b' },
    { layer: 'sum', measured: 'sum' },
  ])
})

test('what follows a global average stays float32', () => {
  const { values, kernels } = quantisedValues(
    layoutOf(
      network([
        conv('first'),
        conv('a'),
        { name: 'squeeze', kind: 'globalAvgPool' },
        { name: 'less', kind: 'dense', units: 2, bias: true },
        { name: 'less-relu', kind: 'relu' },
        { name: 'more', kind: 'dense', units: 4, bias: true },
        { name: 'share', kind: 'hardSigmoid' },
        { name: 'scaled', kind: 'scaleChannels', from: 'a', other: 'share' },
        { name: 'mean', kind: 'globalAvgPool' },
      ]),
    ),
  )

  expect(values.map(({ layer }) => layer)).toEqual(['first', 'a', 'scaled'])
  expect([...kernels]).toEqual(['a'])
})

test('a version that was sealed with 8-bit pixels keeps its first kernel in int8', () => {
  const { values, kernels } = quantisedValues(
    layoutOf(network([conv('a'), { name: 'a-relu', kind: 'relu' }, { name: 'mean', kind: 'globalAvgPool' }])),
    'int8',
  )

  expect(values.map(({ layer }) => layer)).toEqual(['input', 'a'])
  expect([...kernels]).toEqual(['a'])
})

test('pixels that are flattened at once stay float32', () => {
  const { values, kernels } = quantisedValues(
    layoutOf(
      network([
        { name: 'flat', kind: 'flatten' },
        { name: 'hidden', kind: 'dense', units: 4, bias: true },
      ]),
    ),
  )

  expect(values).toEqual([])
  expect([...kernels]).toEqual([])
})

test('a network with hard-swish stays float32, with the reason', () => {
  expect(float32Reason(network([conv('a'), { name: 'swish', kind: 'hardSwish' }]))).toMatch(/hard-swish/)
  expect(float32Reason(network([conv('a')]))).toBeNull()
})
