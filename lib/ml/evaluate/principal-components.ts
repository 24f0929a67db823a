/** The directions in which features vary most, and the features in these directions: randomised subspace iteration
 *  (Halko, Martinsson and Tropp 2011, SIAM Review 53, algorithm 4.4). */
import { createRandom, normal } from '../random.ts'

const ITERATIONS = 3
const SEED = 1
const ROWS_AT_ONCE = 100

export type Projection = {
  readonly count: number
  readonly components: number
  /** count × components, by falling variance; each column has the mean zero. */
  readonly values: Float64Array
}

/** Yields between rows, so that others can run.
 *  @param components at most the length of a row */
export function* principalComponents(
  rows: readonly Float32Array[],
  components: number,
): Generator<void, Projection> {
  const length = rows[0]?.length ?? 0
  const mean = new Float64Array(length)
  for (const row of rows) for (let d = 0; d < length; d++) mean[d]! += row[d]! / rows.length
  const random = createRandom(SEED)
  let basis = Array.from({ length: components }, () => Float64Array.from({ length }, () => normal(random)))
  orthonormalise(basis)
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const next = basis.map(() => new Float64Array(length))
    for (const [i, row] of rows.entries()) {
      if (i % ROWS_AT_ONCE === 0) yield
      for (const [c, direction] of basis.entries()) {
        const along = projection(row, mean, direction)
        const sum = next[c]!
        for (let d = 0; d < length; d++) sum[d]! += along * (row[d]! - mean[d]!)
      }
    }
    // the longest first: its direction is the one that varies most
    basis = next.toSorted((a, b) => dot(b, b) - dot(a, a))
    orthonormalise(basis)
  }
  const values = new Float64Array(rows.length * components)
  for (const [i, row] of rows.entries()) {
    if (i % ROWS_AT_ONCE === 0) yield
    basis.forEach((direction, c) => (values[i * components + c] = projection(row, mean, direction)))
  }
  return { count: rows.length, components, values }
}

function projection(row: Float32Array, mean: Float64Array, direction: Float64Array): number {
  let sum = 0
  for (let d = 0; d < row.length; d++) sum += (row[d]! - mean[d]!) * direction[d]!
  return sum
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, d) => sum + value * b[d]!, 0)

/** Gram and Schmidt, in place; a direction without a rest becomes zero. */
function orthonormalise(basis: readonly Float64Array[]): void {
  for (const [c, direction] of basis.entries()) {
    for (const before of basis.slice(0, c)) {
      const along = dot(direction, before)
      for (let d = 0; d < direction.length; d++) direction[d]! -= along * before[d]!
    }
    const norm = Math.sqrt(dot(direction, direction))
    for (let d = 0; d < direction.length; d++) direction[d]! = norm > 1e-9 ? direction[d]! / norm : 0
  }
}
