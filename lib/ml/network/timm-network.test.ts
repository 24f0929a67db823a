/** Networks of timm against timm itself: fixtures/timm.py made the expected features. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { referenceAnswers } from '../reference/step.ts'
import { featureLength, parameterCount, sizeOf } from './network.ts'
import { TIMM_PLANS, timmNetwork, type TimmName } from './timm-network.ts'

type Fixture = {
  readonly shapes: Readonly<Record<string, readonly number[]>>
  readonly features: readonly number[]
  readonly parameters: number
}
const fixtures: Readonly<Record<TimmName, Fixture>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/timm.json'), 'utf8'),
)
const SIDE = 64

/** As `formula` of the program that made the fixture. */
function formula(name: string, shape: readonly number[]): Float32Array {
  const value = (i: number): number => {
    if (name.endsWith('running_var')) return 0.5 + 0.4 * Math.cos(i) ** 2
    if (shape.length === 1 && name.endsWith('weight')) return 1 + 0.1 * Math.sin(i)
    if (shape.length === 1) return 0.05 * Math.sin(i + 1)
    return Math.sin(i * 0.7 + name.length) * Math.sqrt(5 / sizeOf(shape.slice(1)))
  }
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => value(i))
}

const tensorsOf = ({ shapes }: Fixture) =>
  new Map(Object.entries(shapes).map(([name, shape]) => [name, { shape, values: formula(name, shape) }]))

test.each(Object.keys(TIMM_PLANS) as TimmName[])(
  'the features of %s are those of timm with the same weights',
  (name) => {
    const fixture = fixtures[name]
    const { network, weights } = timmNetwork(name, tensorsOf(fixture), 2)
    const pixels = Float32Array.from({ length: SIDE * SIDE * 3 }, (_, i) => Math.sin(i / 37))

    const answers = referenceAnswers({ ...network, input: { size: SIDE, channels: 3 } }, weights, {
      pixels,
      count: 1,
    })

    const largest = Math.max(...fixture.features.map(Math.abs))
    fixture.features.forEach((value, k) =>
      expect(Math.abs(answers.features[k]! - value)).toBeLessThan(1e-3 * largest),
    )
    expect(parameterCount(network) - 2 * (featureLength(network) + 1)).toBe(fixture.parameters)
  },
)

test('a tensor that is missing is named', () => {
  const tensors = tensorsOf(fixtures['mobilenet-v2'])
  tensors.delete('blocks.3.1.bn2.running_var')

  expect(() => timmNetwork('mobilenet-v2', tensors, 2)).toThrow(
    'the tensor blocks.3.1.bn2.running_var is missing or has another shape',
  )
})
