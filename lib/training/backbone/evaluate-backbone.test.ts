import { expect, test } from 'vitest'
import { splitOf } from '#lib/domain/grouping/splits.ts'
import { createRandom, normal } from '#lib/ml/random.ts'
import { evaluateBackbone, type MeasuredImage } from './evaluate-backbone.ts'

/** Three classes whose feature means lie `apart` standard deviations from each other. */
function images(apart: number) {
  const random = createRandom(5)
  const rows = new Map<string, Float32Array>()
  const samples = Array.from({ length: 600 }, (_, i): MeasuredImage => {
    const hash = Array.from({ length: 64 }, () => Math.floor(random() * 16).toString(16)).join('')
    rows.set(
      hash,
      Float32Array.from({ length: 6 }, (_one, d) => normal(random) + (d === i % 3 ? apart : 0)),
    )
    return { hash, label: `class ${i % 3}`, split: i % 4 === 0 ? 'test' : splitOf(hash, 'train') }
  })
  return {
    samples,
    features: {
      length: 6,
      count: 600,
      read: (hash: string, out: Float32Array, offset: number) => {
        out.set(rows.get(hash)!, offset)
        return true
      },
    },
  }
}

test('separable classes score nearly 1, and noise scores chance level', () => {
  const [clear, noise] = [images(8), images(0)].map(({ samples, features }) =>
    evaluateBackbone(samples, features, { part: 'test', withHead: true }),
  )

  expect(clear!.images).toBe(150)
  expect(clear!.neighbours.value).toBeGreaterThan(0.97)
  expect(clear!.head!.value).toBeGreaterThan(0.97)
  expect(noise!.neighbours.value).toBeLessThan(0.5)
  expect(noise!.head!.value).toBeLessThan(0.5)
})

test('overlapping classes score as high as the best linear boundary allows', () => {
  const { samples, features } = images(2.5)

  expect(
    Math.abs(evaluateBackbone(samples, features, { part: 'test', withHead: true }).head!.value - 0.93),
  ).toBeLessThan(0.07) // two classes 2.5 √2 standard deviations apart: Φ(1.77) = 0.96
})
