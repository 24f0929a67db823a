/** Places on a plane at which rows are near those that they are near to: UMAP (McInnes, Healy and Melville 2018,
 *  arXiv:1802.03426), from two principal components. Not the package umap-js: with 10,000 rows it takes 700 MB, and
 *  one call of it computes for seconds, in which nothing else runs. */
import { createRandom } from '../random.ts'
import type { Projection } from './principal-components.ts'

/** umap-learn 0.5: n_neighbors, learning_rate, negative_sample_rate. */
const NEIGHBOURS = 15
const LEARNING_RATE = 1
const REPELLED = 5
/** The curve 1 / (1 + a d^2b) of umap-learn for min_dist 0.1 and spread 1. */
const A = 1.577
const B = 0.895
const EPOCHS_OF_SMALL = 400
const EPOCHS_OF_LARGE = 200
const LARGE = 10_000
const LONGEST_MOVE = 4
const HALVINGS = 64
/** The extent of the first map: umap-learn scales its own to it. */
const EXTENT = 10
const SEED = 1
const ROWS_AT_ONCE = 10
const EDGES_AT_ONCE = 20_000

/** Below, every row is a neighbour of every other. */
export const FEWEST_FOR_UMAP = 2 * NEIGHBOURS

/** Yields often, so that others can run.
 *  @returns x and y of each row */
export function* umap(projected: Projection): Generator<void, Float64Array> {
  const edges = connected(yield* neighboursIn(projected), projected.count)
  const places = firstPlaces(projected)
  const random = createRandom(SEED)
  const epochs = projected.count >= LARGE ? EPOCHS_OF_LARGE : EPOCHS_OF_SMALL
  const most = edges.weights.reduce((a, b) => Math.max(a, b), 0)
  // an edge with the largest weight is used in each epoch, one with half of it in every second one
  const due = Float64Array.from(edges.weights, (weight) => most / weight)
  const next = due.slice()
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const rate = LEARNING_RATE * (1 - (epoch - 1) / epochs)
    for (let e = 0; e < due.length; e++) {
      if (e % EDGES_AT_ONCE === 0) yield
      if (next[e]! > epoch) continue
      next[e]! += due[e]!
      attract(places, edges.from[e]!, edges.to[e]!, rate)
      for (let r = 0; r < REPELLED; r++)
        repel(places, edges.from[e]!, Math.floor(random() * projected.count), rate)
    }
  }
  return places
}

function firstPlaces({ count, components, values }: Projection): Float64Array {
  const most = values.reduce((a, b, i) => (i % components < 2 ? Math.max(a, Math.abs(b)) : a), 0) || 1
  const random = createRandom(SEED)
  return Float64Array.from({ length: 2 * count }, (_, i) => {
    const value = values[Math.floor(i / 2) * components + (i % 2)] ?? 0
    // equal rows would never part
    return (EXTENT * value) / most + 1e-4 * random()
  })
}

const squaredDistance = (places: Float64Array, i: number, j: number): number =>
  (places[2 * i]! - places[2 * j]!) ** 2 + (places[2 * i + 1]! - places[2 * j + 1]!) ** 2

function attract(places: Float64Array, i: number, j: number, rate: number): void {
  const squared = squaredDistance(places, i, j)
  if (squared === 0) return
  const force = (-2 * A * B * squared ** (B - 1)) / (1 + A * squared ** B)
  for (const axis of [0, 1]) {
    const move = rate * bounded(force * (places[2 * i + axis]! - places[2 * j + axis]!))
    places[2 * i + axis]! += move
    places[2 * j + axis]! -= move
  }
}

function repel(places: Float64Array, i: number, j: number, rate: number): void {
  if (i === j) return
  const squared = squaredDistance(places, i, j)
  const force = (2 * B) / ((0.001 + squared) * (1 + A * squared ** B))
  for (const axis of [0, 1])
    places[2 * i + axis]! += rate * bounded(force * (places[2 * i + axis]! - places[2 * j + axis]!))
}

const bounded = (move: number): number => Math.max(-LONGEST_MOVE, Math.min(LONGEST_MOVE, move))

type Neighbourhoods = { readonly places: Int32Array; readonly distances: Float64Array; readonly k: number }
type Edges = { readonly from: Int32Array; readonly to: Int32Array; readonly weights: Float64Array }

/** Fuzzy union of the neighbourhoods: a + b − ab for the weights in both directions (section 3.1). */
function connected({ places, distances, k }: Neighbourhoods, count: number): Edges {
  const weights = new Float64Array(count * k)
  for (let i = 0; i < count; i++) {
    const own = distances.subarray(i * k, (i + 1) * k)
    const nearest = own.find((distance) => distance > 0) ?? 0
    const width = widthOf(own, nearest)
    own.forEach((distance, n) => (weights[i * k + n] = Math.exp(-Math.max(0, distance - nearest) / width)))
  }
  const known = new Map<number, number>()
  places.forEach((j, e) => known.set(Math.floor(e / k) * count + j, weights[e]!))
  const from: number[] = []
  const to: number[] = []
  const united: number[] = []
  for (const [key, weight] of known) {
    const [i, j] = [Math.floor(key / count), key % count]
    const back = known.get(j * count + i)
    from.push(i)
    to.push(j)
    united.push(weight + (back ?? 0) - weight * (back ?? 0))
    if (back !== undefined) continue
    from.push(j)
    to.push(i)
    united.push(weight)
  }
  return { from: Int32Array.from(from), to: Int32Array.from(to), weights: Float64Array.from(united) }
}

/** So that the weights of a row sum up to log2(k). */
function widthOf(distances: Float64Array, nearest: number): number {
  const wanted = Math.log2(distances.length)
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length
  let [low, high] = [0, Math.max(1e-9, 1000 * mean)]
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2
    let sum = 0
    for (const distance of distances) sum += Math.exp(-Math.max(0, distance - nearest) / middle)
    if (sum > wanted) high = middle
    else low = middle
  }
  return Math.max((low + high) / 2, 1e-3 * mean, 1e-9)
}

/** By comparing all. */
function* neighboursIn({ count, components, values }: Projection): Generator<void, Neighbourhoods> {
  const k = Math.min(NEIGHBOURS, count - 1)
  const places = new Int32Array(count * k)
  const distances = new Float64Array(count * k)
  for (let i = 0; i < count; i++) {
    if (i % ROWS_AT_ONCE === 0) yield
    const [from, last] = [i * k, i * k + k - 1]
    distances.fill(Infinity, from, last + 1)
    for (let other = 0; other < count; other++) {
      let squared = 0
      for (let c = 0; c < components && squared < distances[last]!; c++)
        squared += (values[i * components + c]! - values[other * components + c]!) ** 2
      if (squared >= distances[last]! || other === i) continue
      let at = last
      for (; at > from && distances[at - 1]! > squared; at--) {
        distances[at] = distances[at - 1]!
        places[at] = places[at - 1]!
      }
      distances[at] = squared
      places[at] = other
    }
  }
  return { places, distances: distances.map(Math.sqrt), k }
}
