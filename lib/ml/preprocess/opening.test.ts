import { expect, test } from 'vitest'
import { createRandom } from '../random.ts'
import { opened } from './opening.ts'

/** By the definition: the extreme of every window, cut at the border. */
function extremes(
  values: Float32Array,
  { width, height, reach }: { width: number; height: number; reach: number },
  pick: (...all: number[]) => number,
): Float32Array {
  return values.map((_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)]
    const inside: number[] = []
    for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row++)
      for (let column = Math.max(0, x - reach); column <= Math.min(width - 1, x + reach); column++)
        inside.push(values[row * width + column]!)
    return pick(...inside)
  })
}

test.each([
  [17, 9, 3],
  [9, 17, 6],
  [12, 12, 12],
  [5, 4, 40],
  [1, 20, 5],
  [30, 1, 7],
  [21, 21, 7],
])('%i × %i pixels with a window of %i are opened as the definition says', (width, height, window) => {
  const random = createRandom(width)
  const values = Float32Array.from({ length: width * height }, () => 200 * random() - 100)
  const size = { width, height, reach: window >> 1 }

  const expected = extremes(extremes(values, size, Math.min), size, Math.max)

  expect([...opened(values, { width, height, window })]).toEqual([...expected])
})
