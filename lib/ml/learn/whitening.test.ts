import { expect, test } from 'vitest'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { createRandom } from '../random.ts'
import { wideNetwork } from '../recipes/wide-network.ts'
import type { SampleSet } from './sample-set.ts'
import { symmetricEigen, whiteningKernel } from './whitening.ts'

const spec: Preprocess = {
  size: 12,
  channels: 3,
  fit: 'cover',
  resize: 'lanczos3',
  background: [255, 255, 255],
  mean: [0.5, 0.5, 0.5],
  std: [0.25, 0.25, 0.25],
}

/** Images with similar neighbouring pixels, as in photographs. */
function smoothImages(count: number): SampleSet {
  const random = createRandom(7)
  const squares = Array.from({ length: count }, () => {
    const square = new Uint8Array(12 * 12 * 3)
    for (let i = 0; i < square.length; i++)
      square[i] = i < 3 ? random() * 256 : Math.min(255, Math.max(0, square[i - 3]! + (random() - 0.5) * 120))
    return square
  })
  return {
    count,
    hashes: squares.map(() => ''),
    labels: new Int32Array(count),
    targets: null,
    read: (index, out, offset) => out.set(squares[index]!, offset),
  }
}

test('the outputs of the whitened filters are uncorrelated and of equal strength', () => {
  const set = smoothImages(40)
  const filters = 32
  const kernel = whiteningKernel(wideNetwork([8, 8, 8])({ size: 12, channels: 3 }, 2), set, spec)

  const responses = responsesOf(set, kernel, filters)
  const half = filters / 2
  for (let i = 0; i < half; i++) {
    for (let j = 0; j < half; j++)
      expect(Math.abs(meanProduct(responses, i, j) - (i === j ? 1 : 0)), `${i}, ${j}`).toBeLessThan(0.02)
  }
  expect(responses.every((r) => Math.abs(r[0]! + r[half]!) < 1e-4)).toBe(true) // the second half are the negatives
})

test('a symmetric matrix is reconstructed from its eigenvectors', () => {
  const n = 9
  const random = createRandom(3)
  const matrix = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = i; j < n; j++) matrix[i * n + j] = matrix[j * n + i] = random() - 0.5

  const { values, vectors } = symmetricEigen(matrix, n)

  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const again = values.reduce(
        (sum, value, k) => sum + value * vectors[i * n + k]! * vectors[j * n + k]!,
        0,
      )
      expect(again).toBeCloseTo(matrix[i * n + j]!, 10)
    }
  }
})

function responsesOf(set: SampleSet, kernel: Float32Array, filters: number): number[][] {
  const square = new Uint8Array(12 * 12 * 3)
  const all: number[][] = []
  for (let image = 0; image < set.count; image++) {
    set.read(image, square, 0)
    for (let y = 0; y + 3 <= 12; y++) {
      for (let x = 0; x + 3 <= 12; x++) {
        const response = new Array<number>(filters).fill(0)
        for (let i = 0; i < 27; i++) {
          const pixel =
            square[((y + Math.floor(i / 9)) * 12 + x + Math.floor((i % 9) / 3)) * 3 + (i % 3)]! / 255
          for (let f = 0; f < filters; f++) response[f]! += ((pixel - 0.5) / 0.25) * kernel[i * filters + f]!
        }
        all.push(response)
      }
    }
  }
  return all
}

const meanProduct = (responses: readonly number[][], i: number, j: number): number =>
  responses.reduce((sum, r) => sum + r[i]! * r[j]!, 0) / responses.length
