import { expect, test } from 'vitest'
import { coversOf, occlude, type OcclusionInput, type Occlusion } from './occlusion.ts'

const SIZE = 32
const about = { size: SIZE, channels: 3 }
const noise = Uint8Array.from({ length: SIZE * SIZE * 3 }, (_, i) => (i * 7919) % 256)
const flat = new Uint8Array(SIZE * SIZE * 3).fill(90)
/** All black but for one white block, from this corner on. */
const blockAt = (top: number, left: number, side = 8): Uint8Array => {
  const square = new Uint8Array(SIZE * SIZE * 3)
  for (let y = top; y < top + side; y++) square.fill(255, (y * SIZE + left) * 3, (y * SIZE + left + side) * 3)
  return square
}
/** A network of two classes that sees the brightness of one block and nothing else: the first class where it
 *  is light. */
const looksAt =
  (top: number, left: number, side = 8) =>
  async (squares: readonly Uint8Array[]): Promise<Float32Array[]> =>
    squares.map((square) => {
      let sum = 0
      for (let y = top; y < top + side; y++)
        for (let x = left; x < left + side; x++) sum += square[(y * SIZE + x) * 3]!
      return Float32Array.of((sum / side / side / 255) * 8 - 4, 0)
    })

async function mapOf(
  asked: Partial<OcclusionInput> & { square: Uint8Array },
  answer: (squares: readonly Uint8Array[]) => Promise<readonly Float32Array[]>,
): Promise<Occlusion & { turns: number }> {
  const steps = occlude({ about, predicted: 0, temperature: 1, ...asked }, answer)
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
  'a network that looks only at %s depends on this place, and on none that lies apart',
  async (_place, top, left, row, column) => {
    const { drops } = await mapOf({ square: blockAt(top, left) }, looksAt(top, left))

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

test('a flat picture looks the same when covered with its own colour: no place has a drop', async () => {
  const { drops } = await mapOf({ square: flat }, looksAt(0, 0))

  expect(new Set(drops.flat())).toEqual(new Set([0]))
})

test('where covering makes the class likelier, the drop is below nothing', async () => {
  const { drops } = await mapOf({ square: blockAt(0, 0), predicted: 1 }, looksAt(0, 0))

  expect(drops[0]![0]).toBeLessThan(-0.5)
})

test.each([
  [28, 1],
  [32, 3],
  [96, 3],
  [224, 3],
])(
  'a square of %i has seven by seven drops, each from −1 to 1, asked in seven turns',
  async (size, channels) => {
    const square = Uint8Array.from({ length: size * size * channels }, (_, i) => noise[i % noise.length]!)
    const seen: number[] = []
    const { rows, columns, drops, turns } = await mapOf(
      { square, about: { size, channels } },
      async (squares) => {
        seen.push(squares.length)
        return squares.map((one) => Float32Array.of(one[size]! * 10, one[5]! * 10))
      },
    )

    expect([rows, columns, drops.length, ...drops.map((row) => row.length)]).toEqual([
      7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    ])
    expect(drops.flat().every((drop) => drop >= -1 && drop <= 1)).toBe(true)
    expect([seen, turns]).toEqual([[1, 7, 7, 7, 7, 7, 7, 7], 7])
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

test('the picture itself stays as it is', async () => {
  const square = noise.slice()

  await mapOf({ square }, looksAt(0, 0))

  expect(square).toEqual(noise)
})
