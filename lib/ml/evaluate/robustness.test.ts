import { expect, test } from 'vitest'
import { mirroredSquare } from '../learn/augment.ts'
import { disturb, DISTURBANCES, type Corruption, type ThroughJpeg } from './robustness.ts'

const spec = { size: 32, channels: 3 }
/** A codec whose error grows as its quality falls; the real one is in lib/images. */
const coarse: ThroughJpeg = async (square, _spec, quality) =>
  square.map((value) => value + (100 - quality) / 10)

/** A dark disc on light paper. */
const disc = Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => {
  const [x, y] = [Math.floor(i / 3) % 32, Math.floor(i / 96)]
  return (x - 24) ** 2 + (y - 15) ** 2 < 70 ? 43 : 202
})

const distance = (a: Uint8Array, b: Uint8Array): number =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length)
const disturbed = (kind: Corruption, amount: number, seed = 5) =>
  disturb(disc, { kind, amount, spec, seed }, coarse)

test.each(DISTURBANCES)(
  'each strength of $kind disturbs more than the one before, and the same each time',
  async ({ kind, amounts }) => {
    const squares = await Promise.all(amounts.map((amount) => disturbed(kind, amount)))

    const far = squares.map((square) => distance(square, disc))
    expect(far[0]).toBeGreaterThan(0.5)
    expect(far[1]).toBeGreaterThan(far[0]!)
    expect(far[2]).toBeGreaterThan(far[1]!)
    expect(await disturbed(kind, amounts[1])).toEqual(squares[1])
  },
)

test('a blur preserves the mean, noise has its nominal deviation, and brightness adds its nominal amount', async () => {
  const mean = (square: Uint8Array) => square.reduce((a, b) => a + b, 0) / square.length
  const grey = new Uint8Array(64 * 64 * 3).fill(128)

  const noise = await disturb(
    grey,
    { kind: 'noise', amount: 0.06, spec: { size: 64, channels: 3 }, seed: 1 },
    coarse,
  )

  expect(mean(await disturbed('blur', 4))).toBeCloseTo(mean(disc), -1)
  expect(distance(noise, grey)).toBeCloseTo(0.06 * 255, 0)
  expect(Math.abs(mean(await disturbed('brightness', 0.1)) - mean(disc))).toBeCloseTo(25.75, 0)
})

test('an image mirrored twice is unchanged; mirrored once, left and right are swapped', () => {
  const once = mirroredSquare(disc, spec)

  expect(once).not.toEqual(disc)
  // the sixth from the left was the sixth from the right
  expect(once.subarray(15 * 96 + 18, 15 * 96 + 21)).toEqual(disc.subarray(15 * 96 + 75, 15 * 96 + 78))
  expect(mirroredSquare(once, spec)).toEqual(disc)
})
