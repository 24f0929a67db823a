import { expect, test } from 'vitest'
import { createRandom, normal } from '../random.ts'
import { meanDistances, nearestNeighbours, neighbourShares, type Neighbours } from './neighbours.ts'

function found(features: Parameters<typeof nearestNeighbours>[0], k: number): Neighbours {
  const search = nearestNeighbours(features, k)
  for (;;) {
    const { done, value } = search.next()
    if (done) return value
  }
}
const rows = (...values: readonly (readonly number[])[]) => values.map((row) => Float32Array.from(row))
const apart = (count: number) => Int32Array.from({ length: count }, (_, i) => i)

test('distances are 1 minus the cosine, whatever the lengths of the rows are', () => {
  const neighbours = found({ length: 2, rows: rows([1, 0], [0, 5], [3, 3]), groups: apart(3) }, 2)

  expect([...neighbours.places]).toEqual([2, 1, 2, 0, 0, 1])
  expect(neighbours.distances[0]).toBeCloseTo(1 - Math.SQRT1_2, 6)
  expect(neighbours.distances[1]).toBeCloseTo(1, 6)
})

test('images of one group are no neighbours of each other', () => {
  const features = { length: 2, rows: rows([1, 0], [1, 0], [0, 1]), groups: [0, 0, 1] }

  expect([...found(features, 2).places]).toEqual([2, -1, 2, -1, 0, 1])
})

test('mean distances leave out neighbours that are missing', () => {
  const distances = meanDistances({
    k: 2,
    places: Int32Array.of(1, 2, 0, -1, -1, -1),
    distances: Float64Array.of(0.1, 0.3, 0.2, Infinity, Infinity, Infinity),
  })

  expect([...distances]).toEqual([0.2, 0.2, Number.NaN])
})

test('shares count the labelled neighbours', () => {
  const neighbours = {
    k: 3,
    places: Int32Array.of(1, 2, 3, 0, -1, -1),
    distances: new Float64Array(6),
  }

  const [first, second] = neighbourShares(neighbours, [-1, 0, 1, 1], 2)

  expect([...first!].map((share) => Math.round(share * 3))).toEqual([1, 2])
  expect(second).toBeNull() // its only neighbour has no label
})

test('of many images some are looked at, reduced, and the nearest stays the nearest', () => {
  const random = createRandom(7)
  const count = 2_502 // every second one is a reference
  const features = Array.from({ length: count }, () =>
    Float32Array.from({ length: 192 }, () => normal(random)),
  )
  features[1] = features[2_000]!.map((value) => value + 0.1 * normal(random))

  const { places, distances } = found({ length: 192, rows: features, groups: apart(count) }, 1)

  expect(places[1]).toBe(2_000)
  expect(distances[1]).toBeLessThan(0.1)
  expect(distances[3]).toBeGreaterThan(0.3)
})
