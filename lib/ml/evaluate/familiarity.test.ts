import { expect, test } from 'vitest'
import { openEngine } from '#lib/engines/open-engine.ts'
import { directions, distanceTo, largestOf } from './feature-distance.ts'
import { nearnessNetwork, readReference, referenceBytes, type Reference } from './familiarity.ts'
import { createRandom, normal } from '../random.ts'

const LENGTH = 24

function referenceOf(
  count: number,
  { centre = null, neighbour = 5 }: { centre?: Float32Array | null; neighbour?: number } = {},
): Reference {
  const random = createRandom(3)
  const features = Float32Array.from({ length: count * LENGTH }, () => normal(random) + 0.5)
  return {
    ids: Array.from({ length: count }, (_, i) => i.toString(16).padStart(64, '0')),
    labels: Uint16Array.from({ length: count }, (_, i) => i % 7),
    length: LENGTH,
    centre,
    neighbour,
    vectors: directions(features, LENGTH, centre),
  }
}

test('the distances that an engine computes equal those computed by hand', async () => {
  const reference = readReference(referenceBytes(referenceOf(301)))
  const random = createRandom(9)
  const queries = directions(
    Float32Array.from({ length: 6 * LENGTH }, () => normal(random)),
    LENGTH,
    null,
  )
  await using engine = await openEngine('auto', 'inference', { threads: 1 })
  await engine.load('reference', nearnessNetwork(reference))

  const { logits } = await engine.run('reference', queries, 6)

  for (let row = 0; row < 6; row++) {
    const byHand = reference.ids
      .map((_, i) =>
        Math.hypot(
          ...Array.from(
            { length: LENGTH },
            (_, d) => queries[row * LENGTH + d]! - reference.vectors[i * LENGTH + d]!,
          ),
        ),
      )
      .sort((a, b) => a - b)
    expect(distanceTo(logits.subarray(row * 301, (row + 1) * 301), 5)).toBeCloseTo(byHand[4]!, 3)
  }
})

test('the largest products are returned in order, equal ones too, and never more than there are', () => {
  expect([...largestOf(Float32Array.of(1, 5, 3, 5, -2), 3)]).toEqual([5, 5, 3])
  expect([...largestOf(Float32Array.of(1, 5), 3)]).toEqual([5, 1])
})

test('an image of the reference has distance zero from itself', () => {
  const reference = referenceOf(4)
  const own = reference.vectors.subarray(0, LENGTH)
  const products = Float32Array.from({ length: 4 }, (_, i) =>
    own.reduce((sum, value, d) => sum + value * reference.vectors[i * LENGTH + d]!, 0),
  )

  expect(distanceTo(products, 1)).toBeCloseTo(0, 3)
})

test('directions have length one from the centre, and a vector at the centre has no direction', () => {
  const centre = new Float32Array(LENGTH).fill(0.5)
  const rows = directions(
    Float32Array.from({ length: 2 * LENGTH }, (_, i) => (i < LENGTH ? i : 0.5)),
    LENGTH,
    centre,
  )

  expect(Math.hypot(...rows.subarray(0, LENGTH))).toBeCloseTo(1, 6)
  expect(rows[0]! / rows[1]!).toBeCloseTo(-1, 5) // 0 and 1 are on opposite sides of one half
  expect([...rows.subarray(LENGTH)]).toEqual([...new Float32Array(LENGTH)])
})

test.each([
  ['with its origin at zero', null],
  ['with its origin at a centre', Float32Array.from({ length: LENGTH }, (_, d) => d / 8)],
])('a reference %s is read as it was written, except for the rounding of its vectors', (_story, centre) => {
  const reference = referenceOf(33, { centre })

  const read = readReference(referenceBytes(reference))

  expect(read).toMatchObject({
    ids: reference.ids,
    labels: reference.labels,
    length: LENGTH,
    centre,
    neighbour: 5,
  })
  read.vectors.forEach((value, i) => expect(Math.abs(value - reference.vectors[i]!)).toBeLessThan(2 ** -11))
})

test('a reference that is truncated, or in another format, is refused with the reason', () => {
  const bytes = referenceBytes(referenceOf(8))

  expect(() => readReference(bytes.subarray(0, bytes.length - 1))).toThrow('which does not match its header')
  expect(() => readReference(Buffer.from('GIF89a'))).toThrow('unknown format')
})
