import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { softmax } from '#lib/domain/evaluation/calibration.ts'
import { fromKerasH5 } from './keras-h5.ts'
import type { KerasLayer } from '#lib/contracts/model-files.ts'
import { fromKeras } from './keras-model.ts'
import { referenceAnswers } from '../reference/step.ts'

const fixture = (name: string): Buffer => readFileSync(new URL(`fixtures/${name}`, import.meta.url))

/** Written by Keras, with the output of its `predict`: see fixtures/keras-sequential.py. */
const expectation = JSON.parse(fixture('keras-sequential.json').toString()) as {
  keras: string
  pixels: string[]
  probabilities: number[][]
}

test('a network saved by Keras predicts here what it predicted in Keras', () => {
  const { network, weights, rescaling } = fromKerasH5(fixture('keras-sequential.h5'))
  const bytes = Buffer.concat(expectation.pixels.map((text) => Buffer.from(text, 'base64')))

  const { logits } = referenceAnswers(network, weights, {
    pixels: Float32Array.from(bytes, (byte) => byte * rescaling!.scale + rescaling!.offset),
    count: expectation.pixels.length,
  })

  expectation.probabilities.forEach((expected, i) => {
    const predicted = softmax(Array.from(logits.subarray(i * 3, (i + 1) * 3)))
    expected.forEach((p, k) => expect(predicted[k]).toBeCloseTo(p, 6))
  })
})

test.each([
  ['no HDF5', Buffer.from('PK\u0003\u0004 a zip of Keras 3'), /not an HDF5 file/],
  [
    'cut in the middle',
    fixture('keras-sequential.h5').subarray(0, 20_000),
    /cannot be read completely|has no values/,
  ],
])('a file that is %s is refused with a sentence', (_story, bytes, words) => {
  expect(() => fromKerasH5(bytes)).toThrow(words)
})

const input: KerasLayer = { class_name: 'InputLayer', config: { batch_shape: [null, 8, 8, 3], name: 'in' } }
const dense = (config: Record<string, unknown>): KerasLayer => ({
  class_name: 'Dense',
  config: { name: 'out', use_bias: true, activation: 'linear', ...config },
})
const conv = (config: Record<string, unknown>): KerasLayer => ({
  class_name: 'Conv2D',
  config: {
    name: 'conv',
    filters: 2,
    kernel_size: [3, 3],
    strides: [1, 1],
    padding: 'same',
    use_bias: false,
    activation: 'linear',
    ...config,
  },
})
const model = (...layers: KerasLayer[]): KerasLayer => ({
  class_name: 'Sequential',
  config: { layers: [input, ...layers] },
})

test.each<[string, KerasLayer, RegExp]>([
  [
    'a recurrent layer',
    { class_name: 'LSTM', config: { name: 'memory' } },
    /its layer "memory" \(LSTM\) is of an unsupported type/,
  ],
  ['an unsupported activation', conv({ activation: 'gelu' }), /has the activation "gelu"/],
  [
    'windows that overlap',
    {
      class_name: 'MaxPooling2D',
      config: { name: 'pool', pool_size: [3, 3], strides: [2, 2], padding: 'valid' },
    },
    /pools windows that are not square or that overlap/,
  ],
  ['a dilated convolution', conv({ dilation_rate: [2, 2] }), /is dilated/],
  ['missing weights', dense({ units: 3, name: 'lost' }), /has no values for kernel/],
])('%s is refused with its name', (_story, layer, words) => {
  const weightOf = (name: string, tensor: string) =>
    name === 'lost' ? undefined : new Float32Array(tensor === 'kernel' ? 54 : 2)

  expect(() => fromKeras(model(layer), weightOf)).toThrow(words)
})

test('one sigmoid becomes two classes with the same probability', () => {
  const weightOf = (_name: string, tensor: string) =>
    tensor === 'kernel'
      ? Float32Array.from({ length: 192 }, (_, i) => Math.sin(i) / 50)
      : Float32Array.of(0.3)
  const { network, weights } = fromKeras(
    model({ class_name: 'Flatten', config: { name: 'flat' } }, dense({ units: 1, activation: 'sigmoid' })),
    weightOf,
  )
  const pixels = Float32Array.from({ length: 192 }, (_, i) => Math.cos(i))

  const { logits } = referenceAnswers(network, weights, { pixels, count: 1 })

  const z = pixels.reduce((sum, x, i) => sum + (x * Math.sin(i)) / 50, 0.3)
  expect(network.classes).toBe(2)
  expect(softmax(Array.from(logits))[1]).toBeCloseTo(1 / (1 + Math.exp(-z)), 5)
})

test('a different ε in the file does not change the output', () => {
  const tensors: Record<string, Float32Array> = {
    kernel: Float32Array.from({ length: 54 }, (_, i) => Math.sin(i)),
    gamma: Float32Array.of(1, 2),
    beta: Float32Array.of(0, 1),
    moving_mean: Float32Array.of(0.1, 0.2),
    moving_variance: Float32Array.of(1e-4, 0.5),
  }
  const norm: KerasLayer = {
    class_name: 'BatchNormalization',
    config: { name: 'norm', epsilon: 1e-5, center: true, scale: true },
  }

  const { weights } = fromKeras(
    model(conv({}), norm, { class_name: 'GlobalAveragePooling2D', config: { name: 'pool' } }),
    (_layer, tensor) => tensors[tensor],
  )

  expect(weights['norm/variance']![0]! + 1e-3).toBeCloseTo(1e-4 + 1e-5, 8)
})

test.each([
  ['a variance for each channel', [0.1, 0.2, 0.3], null],
  ['a channel that was the same in all images', [0.1, 0, 0.3], /norm.* has a channel with a variance of 0/],
])('a Normalization layer with %s', (_story, variance, refusal) => {
  const norm: KerasLayer = {
    class_name: 'Normalization',
    config: { name: 'norm', mean: [0, 0, 0], variance },
  }
  const read = () =>
    fromKeras(
      model(norm, { class_name: 'GlobalAveragePooling2D', config: { name: 'pool' } }),
      () => undefined,
    )

  if (refusal) expect(read).toThrow(refusal)
  else expect(read().weights['norm/variance']![0]! + 1e-3).toBeCloseTo(0.1, 6)
})
