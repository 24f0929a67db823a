import { expect, test } from 'vitest'
import { createRandom, normal } from '../random.ts'
import { principalComponents, type Projection } from './principal-components.ts'
import { umap } from './umap.ts'

function resultOf<Result>(computation: Iterator<unknown, Result>): Result {
  for (;;) {
    const { done, value } = computation.next()
    if (done) return value
  }
}

/** Clusters that only directions with little variance distinguish. */
function clusters(perClass: number, classes = 4, length = 12): readonly Float32Array[] {
  const random = createRandom(2)
  return Array.from({ length: perClass * classes }, (_, i) =>
    Float32Array.from({ length }, (_value, d) => (d === i % classes ? 8 : 0) + normal(random)),
  )
}

test('principal components are the directions that vary most, and uncorrelated', () => {
  const random = createRandom(4)
  const spreads = [0.1, 5, 0.2, 2]
  const rows = Array.from({ length: 400 }, () =>
    Float32Array.from(spreads, (spread) => 7 + spread * normal(random)),
  )

  const { values, components } = resultOf(principalComponents(rows, 2))

  const column = (c: number) => rows.map((_, i) => values[i * components + c]!)
  const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length
  const spreadOf = (c: number) => Math.sqrt(mean(column(c).map((value) => value ** 2)))
  expect(mean(column(0))).toBeCloseTo(0, 5)
  expect(spreadOf(0)).toBeGreaterThan(4.5)
  expect(spreadOf(1)).toBeCloseTo(2, 0)
  expect(mean(column(0).map((value, i) => value * column(1)[i]!))).toBeCloseTo(0, 1)
})

test('neighbours of a map are neighbours of the features', () => {
  const rows = clusters(40)
  const projected = resultOf(principalComponents(rows, 6))

  const places = resultOf(umap(projected))

  const nearest = rows.map((_, i) => {
    const squared = (j: number) =>
      (places[2 * i]! - places[2 * j]!) ** 2 + (places[2 * i + 1]! - places[2 * j + 1]!) ** 2
    return [...rows.keys()].filter((j) => j !== i).reduce((a, b) => (squared(b) < squared(a) ? b : a))
  })
  const same = nearest.filter((j, i) => j % 4 === i % 4).length
  expect(same / rows.length).toBeGreaterThan(0.98)
})

test('equal rows, and the same map again', () => {
  const equal: Projection = { count: 40, components: 2, values: new Float64Array(80) }

  const places = resultOf(umap(equal))

  expect([...places].every(Number.isFinite)).toBe(true)
  expect(resultOf(umap(equal))).toEqual(places)
})
