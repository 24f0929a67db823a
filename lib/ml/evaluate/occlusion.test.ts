import { expect, test } from 'vitest'
import { coversOf, occlude, type OcclusionInput, type Occlusion } from './occlusion.ts'

const SIZE = 32
const spec = { size: SIZE, channels: 3 }
const noise = Uint8Array.from({ length: SIZE * SIZE * 3 }, (_, i) => (i * 7919) % 256)
const flat = new Uint8Array(SIZE * SIZE * 3).fill(90)
/** All black except for one white block, with its upper left corner here. */
const blockAt = (top: number, left: number, side = 8): Uint8Array => {
  const square = new Uint8Array(SIZE * SIZE * 3)
  for (let y = top; y < top + side; y++) square.fill(255, (y * SIZE + left) * 3, (y * SIZE + left + side) * 3)
  return square
}
/** A network of two classes that depends only on the brightness of one block: it predicts the first class when
 *  the block is light. */
const dependsOn =
  (top: number, left: number, side = 8) =>
  async (squares: readonly Uint8Array[]): Promise<Float32Array[]> =>
    squares.map((square) => {
      let sum = 0
      for (let y = top; y < top + side; y++)
        for (let x = left; x < left + side; x++) sum += square[(y * SIZE + x) * 3]!
      return Float32Array.of((sum / side / side / 255) * 8 - 4, 0)
    })

async function mapOf(
  change: Partial<OcclusionInput> & { square: Uint8Array },
  answer: (squares: readonly Uint8Array[]) => Promise<readonly Float32Array[]>,
): Promise<Occlusion & { turns: number }> {
  const steps = occlude({ spec, predicted: 0, temperature: 1, ...change }, answer)
  for (let turns = 0; ; turns++) {
    const step = await steps.next()
    if (step.done) return { ...step.value, turns }
  }
}

test.each<[string, number, number, number, number]>([
  ['the upper left', 0, 0, 0, 0],
  ['the upper right', 0, 24, 0, 6],
  ['the lower left', 24, 0, 6, 0],
  ['the lower right', 24, 24, 6, 6],
  ['the middle', 12, 12, 3, 3],
])(
  'a network that uses only %s depends on this place, and on none that does not touch it',
  async (_place, top, left, row, column) => {
    const { drops } = await mapOf({ square: blockAt(top, left) }, dependsOn(top, left))

    const largest = Math.max(...drops.flat())
    expect(largest).toBeGreaterThan(0.5)
    expect(drops[row]![column]).toBe(largest)
    for (const [y, ofRow] of drops.entries())
      for (const [x, drop] of ofRow.entries())
        if (Math.abs(y - row) > 1 || Math.abs(x - column) > 1) expect(drop, `${y}, ${x}`).toBe(0)
  },
)

test('the drop is that of the calibrated probability, as computed by hand', async () => {
  const answer = async (squares: readonly Uint8Array[]) =>
    squares.map((square) => Float32Array.of(square[0] === 255 ? 4 : 0, 0))

  const { drops } = await mapOf({ square: blockAt(0, 0), temperature: 2 }, answer)

  // softmax of (4, 0) at temperature 2: e² / (e² + 1) = 0.880797; of (0, 0): a half
  expect(drops[0]![0]).toBeCloseTo(0.380797, 6)
})

test('a flat image does not change when covered with its own colour, so no place has a drop', async () => {
  const { drops } = await mapOf({ square: flat }, dependsOn(0, 0))

  expect(new Set(drops.flat())).toEqual(new Set([0]))
})

test('where covering makes the class more likely, the drop is negative', async () => {
  const { drops } = await mapOf({ square: blockAt(0, 0), predicted: 1 }, dependsOn(0, 0))

  expect(drops[0]![0]).toBeLessThan(-0.5)
})

test.each([
  [28, 1],
  [32, 3],
  [96, 3],
  [224, 3],
])(
  'a square of %i has seven by seven drops, each from −1 to 1, computed in seven turns',
  async (size, channels) => {
    const square = Uint8Array.from({ length: size * size * channels }, (_, i) => noise[i % noise.length]!)
    const counts: number[] = []
    const { rows, columns, drops, turns } = await mapOf(
      { square, spec: { size, channels } },
      async (squares) => {
        counts.push(squares.length)
        return squares.map((one) => Float32Array.of(one[size]! * 10, one[5]! * 10))
      },
    )

    expect([rows, columns, drops.length, ...drops.map((row) => row.length)]).toEqual([
      7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    ])
    expect(drops.flat().every((drop) => drop >= -1 && drop <= 1)).toBe(true)
    expect([counts, turns]).toEqual([[1, 7, 7, 7, 7, 7, 7, 7], 7])
  },
)

test.each([
  [32, 8, [0, 4, 8, 12, 16, 20, 24]],
  [28, 7, [0, 4, 7, 11, 14, 18, 21]],
  [224, 56, [0, 28, 56, 84, 112, 140, 168]],
  [4, 1, [0, 1, 2, 3]],
  [1, 1, [0]],
])('the covers of a square of %i have a side of %i, and reach from edge to edge', (size, side, starts) =>
  expect(coversOf(size)).toEqual({ side, starts }),
)

test('the image itself is not modified', async () => {
  const square = noise.slice()

  await mapOf({ square }, dependsOn(0, 0))

  expect(square).toEqual(noise)
})
