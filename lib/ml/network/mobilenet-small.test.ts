/** MobileNetV3-Small against PyTorch's torchvision: fixtures/mobilenet-small.py made the expected features. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { referenceAnswers } from '../reference/step.ts'
import { mobileNetV3Small, weightsFromTorchvision } from './mobilenet-small.ts'
import { parameterCount, sizeOf } from './network.ts'

type Features = { readonly size: number; readonly features: readonly number[] }
const fixture: {
  readonly shapes: Readonly<Record<string, readonly number[]>>
  readonly formula: Features
} = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/mobilenet-small.json'), 'utf8'))

const waves = (count: number, phase: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(i * 0.7 + phase))

/** As `formula` of the program that made the fixture. */
function formula(name: string, shape: readonly number[]): Float32Array {
  const values = waves(sizeOf(shape), name.length)
  if (name.endsWith('running_var') || (shape.length === 1 && name.endsWith('weight')))
    return Float32Array.from(values, (v) => 1 + 0.3 * v)
  if (shape.length === 1) return Float32Array.from(values, (v) => 0.1 * v)
  return Float32Array.from(values, (v) => (v * 2) / Math.sqrt(sizeOf(shape.slice(1))))
}

const tensors = () =>
  new Map(
    Object.entries(fixture.shapes).map(([name, shape]) => [name, { shape, values: formula(name, shape) }]),
  )

test('the features of the last convolution and of two middle blocks are those of torchvision', () => {
  const { size, features } = fixture.formula
  const network = { ...mobileNetV3Small(2), input: { size, channels: 3 } }
  const weights = weightsFromTorchvision(network, tensors())
  const pixels = Float32Array.from(waves(size * size * 3, 1))

  const answers = referenceAnswers(network, weights, { pixels, count: 1 })

  expect(answers.features).toHaveLength(48 + 96 + 576)
  expect(Math.max(...features.map((value, i) => Math.abs(value - answers.features[i]!)))).toBeLessThan(1e-3)
})

test('its parameter count matches the published one, without its last two layers', () => {
  // 2,542,856 of torchvision with a head of 1,000 classes; running statistics are no parameters there
  const head = 576 * 1024 + 1024 + 1024 * 1000 + 1000
  const statistics = Object.entries(fixture.shapes)
    .filter(([name]) => name.includes('running_'))
    .reduce((sum, [, [length]]) => sum + length!, 0)

  expect(parameterCount(mobileNetV3Small(2)) - statistics - 2 * (48 + 96 + 577)).toBe(2_542_856 - head)
})

test('a missing tensor, and one of another shape, are named', () => {
  const network = mobileNetV3Small(2)
  const missing = tensors()
  missing.delete('features.4.block.2.fc1.weight')
  const other = new Map([
    ...tensors(),
    ['features.0.0.weight', { shape: [3, 16, 3, 3], values: new Float32Array(432) }] as const,
  ])

  expect(() => weightsFromTorchvision(network, missing)).toThrow(
    'the tensor features.4.block.2.fc1.weight is missing',
  )
  expect(() => weightsFromTorchvision(network, other)).toThrow(
    'the tensor features.0.0.weight has the shape 3 × 16 × 3 × 3 instead of 16 × 3 × 3 × 3',
  )
})
