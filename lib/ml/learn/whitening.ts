/** A first convolution that is computed from the images instead of trained: its filters make the small
 *  patches of the training images uncorrelated and equally strong, so that the following layers train faster.
 *  It stays fixed while the others train. Source: K. Jordan 2024 (arXiv:2404.00498), § 3.2, with the
 *  strongest directions of 3 × 3 patches and their negatives. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { Layer, Network } from '../network/network.ts'
import { plainBatches, type SampleSet } from './sample-set.ts'

const FEWEST_VARIANCE = 5e-4 // of normalised pixels; weaker directions are noise, which must not be amplified
const MOST_IMAGES = 2_000 // two million patches determine a covariance of 27 × 27
const PLACES_ACROSS = 24 // of a larger image not every patch is used
const AT_ONCE = 100

type FirstLayer = Extract<Layer, { kind: 'conv' }>

/** The first layer of a whitened network. Throws when the network starts with another one. */
export function firstConvolution(network: Network): FirstLayer {
  const first = network.layers[0]
  if (first?.kind !== 'conv')
    throw new Error(
      `${network.name}: only a convolution can be whitened, and its first layer is ` +
        `${first?.kind ?? 'missing'}`,
    )
  return first
}

/** The kernel [k, k, channels, filters] for the first convolution; `filters` is even and at most 2 × k × k ×
 *  channels. */
export function whiteningKernel(network: Network, set: SampleSet, spec: Preprocess): Float32Array {
  const { kernel, filters } = firstConvolution(network)
  const length = kernel * kernel * spec.channels
  if (filters % 2 === 1 || filters > 2 * length)
    throw new Error(
      `${network.name}: ${filters} filters cannot be the directions of ${length} numbers and their negatives`,
    )
  const { values, vectors } = symmetricEigen(patchCovariance(set, spec, kernel), length)
  const strongest = Array.from(values.keys())
    .sort((a, b) => values[b]! - values[a]!)
    .slice(0, filters / 2)
  const whitening = new Float32Array(length * filters)
  strongest.forEach((direction, n) => {
    const scale = 1 / Math.sqrt(values[direction]! + FEWEST_VARIANCE)
    for (let i = 0; i < length; i++) {
      const weight = vectors[i * length + direction]! * scale
      whitening[i * filters + n] = weight
      whitening[i * filters + filters / 2 + n] = -weight
    }
  })
  return whitening
}

/** Mean of p pᵀ over the patches that lie entirely inside the images: length × length, rows of a patch then
 *  columns then channels. */
function patchCovariance(set: SampleSet, spec: Preprocess, kernel: number): Float64Array {
  const { size, channels } = spec
  const length = kernel * kernel * channels
  const apart = Math.max(1, Math.floor(size / PLACES_ACROSS))
  const sums = new Float64Array(length * length)
  const patch = new Float64Array(length)
  let patches = 0
  for (const { pixels, count, first } of plainBatches(set, spec, AT_ONCE)) {
    if (first >= MOST_IMAGES) break
    for (let image = 0; image < count; image++) {
      for (let y = 0; y + kernel <= size; y += apart) {
        for (let x = 0; x + kernel <= size; x += apart, patches++) {
          for (let row = 0, to = 0; row < kernel; row++) {
            let at = ((image * size + y + row) * size + x) * channels
            for (let n = 0; n < kernel * channels; n++) patch[to++] = pixels[at++]!
          }
          for (let i = 0; i < length; i++)
            for (let j = i; j < length; j++) sums[i * length + j]! += patch[i]! * patch[j]!
        }
      }
    }
  }
  for (let i = 0; i < length; i++)
    for (let j = i; j < length; j++) sums[j * length + i] = sums[i * length + j]! /= Math.max(1, patches)
  return sums
}

const MOST_SWEEPS = 50
const NEGLIGIBLE = 1e-12 // of the elements off the diagonal, relative to those on it

/** Eigenvalues, and eigenvectors as columns, of a symmetric n × n matrix, by cyclic Jacobi rotations
 *  (Golub and Van Loan, Matrix Computations, 4th ed., § 8.5). */
export function symmetricEigen(
  matrix: Float64Array,
  n: number,
): { values: Float64Array; vectors: Float64Array } {
  const a = matrix.slice()
  const vectors = new Float64Array(n * n)
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1
  for (let sweep = 0; sweep < MOST_SWEEPS && offDiagonal(a, n) > NEGLIGIBLE; sweep++) {
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        if (a[p * n + q] === 0) continue
        const half = (a[q * n + q]! - a[p * n + p]!) / (2 * a[p * n + q]!)
        const tangent = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.hypot(half, 1))
        const cosine = 1 / Math.hypot(tangent, 1)
        const sine = tangent * cosine
        for (let k = 0; k < n; k++) rotate(a, k * n + p, k * n + q, cosine, sine)
        for (let k = 0; k < n; k++) rotate(a, p * n + k, q * n + k, cosine, sine)
        for (let k = 0; k < n; k++) rotate(vectors, k * n + p, k * n + q, cosine, sine)
      }
    }
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), vectors }
}

function rotate(values: Float64Array, i: number, j: number, cosine: number, sine: number): void {
  const [x, y] = [values[i]!, values[j]!]
  values[i] = cosine * x - sine * y
  values[j] = sine * x + cosine * y
}

function offDiagonal(a: Float64Array, n: number): number {
  let [off, on] = [0, 0]
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      if (i === j) on += a[i * n + j]! ** 2
      else off += a[i * n + j]! ** 2
  return Math.sqrt(off / Math.max(on, Number.MIN_VALUE))
}
