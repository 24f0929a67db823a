import { expect, test } from 'vitest'
import { alignedCorrelation } from './align-grids.ts'

const SIDE = 32
const CENTRE = 15.5
type Levels = (x: number, y: number) => number

/** Soft waves of 20 to 40 cells, between 20 and 235. */
const waves: Levels = (x, y) =>
  127.5 +
  35 * Math.sin(x / 4 + y / 10) +
  30 * Math.sin(y / 3.6 - x / 12 + 1) +
  25 * Math.sin((x + 2 * y) / 8) +
  15 * Math.cos((2 * x - y) / 8 + 2)

const gridOf = (levels: Levels): Uint8Array =>
  Uint8Array.from({ length: SIDE * SIDE }, (_, i) => Math.round(levels(i % SIDE, Math.floor(i / SIDE))))

const shifted = (x: number, y: number): Levels => stretched({ shiftX: x, shiftY: y })

function stretched({ shiftX = 0, stretchX = 0, shiftY = 0, stretchY = 0 }): Levels {
  return (x, y) => waves(x + shiftX + stretchX * (x - CENTRE), y + shiftY + stretchY * (y - CENTRE))
}

/** Pearson's correlation of the cells that are at least `border` cells inside. */
function correlation(a: Uint8Array, b: Uint8Array, border = 2): number {
  const inside = (i: number): boolean => Math.min(i, SIDE - 1 - i) >= border
  const cells = [...a.keys()].filter((i) => inside(i % SIDE) && inside(Math.floor(i / SIDE)))
  const mean = (of: (i: number) => number): number => cells.reduce((sum, i) => sum + of(i), 0) / cells.length
  const [meanA, meanB] = [mean((i) => a[i]!), mean((i) => b[i]!)]
  const covariance = (u: Uint8Array, meanU: number, w: Uint8Array, meanW: number): number =>
    mean((i) => (u[i]! - meanU) * (w[i]! - meanW))
  return (
    covariance(a, meanA, b, meanB) /
    Math.sqrt(covariance(a, meanA, a, meanA) * covariance(b, meanB, b, meanB))
  )
}

test('a grid correlates with itself fully, and with its negative not at all', () => {
  const grid = gridOf(waves)

  expect(alignedCorrelation(grid, grid, SIDE)).toBeCloseTo(1, 12)
  expect(
    alignedCorrelation(
      grid,
      grid.map((level) => 255 - level),
      SIDE,
    ),
  ).toBeLessThan(0)
})

test.each([
  ['to the right', { shiftX: 2.2 }],
  ['to the left', { shiftX: -2.2 }],
  ['down', { shiftY: 2.2 }],
  ['up', { shiftY: -2.2 }],
  ['and stretched to the right', { shiftX: 2.2, stretchX: 0.05 }],
  ['and stretched to the left', { shiftX: -2.2, stretchX: 0.05 }],
  ['and compressed', { shiftX: 2.2, stretchX: -0.05 }],
  ['down and stretched', { shiftY: 2.2, stretchY: 0.05 }],
  ['down and compressed', { shiftY: 2.2, stretchY: -0.05 }],
  ['not at all, but stretched across', { stretchX: 0.11 }],
  ['not at all, but stretched down', { stretchY: 0.11 }],
  ['not at all, but compressed', { stretchX: -0.1, stretchY: -0.1 }],
  ['in all ways at once', { shiftX: 1.3, stretchX: 0.08, shiftY: -1.3, stretchY: 0.08 }],
])('a grid that is moved by 2.2 cells is aligned: %s', (_case, warp) => {
  const [grid, moved] = [gridOf(waves), gridOf(stretched(warp))]

  expect(correlation(moved, grid)).toBeLessThan(0.99)
  expect(alignedCorrelation(moved, grid, SIDE)).toBeGreaterThan(0.9999)
})

test.each([
  ['to the right', { shiftX: 2.6 }],
  ['to the left', { shiftX: -2.6 }],
  ['down', { shiftY: 2.6 }],
  ['up', { shiftY: -2.6 }],
  ['not at all, but stretched across', { stretchX: 0.14 }],
  ['not at all, but stretched down', { stretchY: 0.14 }],
  ['not at all, but compressed across', { stretchX: -0.14 }],
])('a grid that is moved further is compared as it lies: %s', (_case, warp) => {
  const [grid, moved] = [gridOf(waves), gridOf(stretched(warp))]

  expect(alignedCorrelation(moved, grid, SIDE)).toBeCloseTo(correlation(moved, grid), 12)
})

test('grids that correlate by less than 0.8 as they lie are not aligned', () => {
  const [grid, moved] = [gridOf(waves), gridOf(shifted(2.2, 2.2))]
  const asItLies = correlation(moved, grid)

  expect(asItLies).toBeLessThan(0.8)
  expect(alignedCorrelation(moved, grid, SIDE)).toBeCloseTo(asItLies, 12)
})

test('other brightness and contrast change nothing, whichever grid is the darker one', () => {
  const grid = gridOf(waves)
  const darker = gridOf((x, y) => 0.6 * shifted(1.5, -1)(x, y) + 10)

  expect(alignedCorrelation(darker, grid, SIDE)).toBeGreaterThan(0.9999)
  expect(alignedCorrelation(grid, darker, SIDE)).toBeGreaterThan(0.9999)
})

test('the outer two cells of each side are not compared, the third ones are', () => {
  const grid = gridOf(waves)
  const framed = (width: number): Uint8Array =>
    grid.map((level, i) => {
      const [x, y] = [i % SIDE, Math.floor(i / SIDE)]
      return Math.min(x, y, SIDE - 1 - x, SIDE - 1 - y) < width ? 255 - level : level
    })

  expect(alignedCorrelation(framed(2), grid, SIDE)).toBeCloseTo(1, 12)
  expect(alignedCorrelation(framed(3), grid, SIDE)).toBeLessThan(0.9)
})

test('a grid of one level correlates with nothing', () => {
  const flat = new Uint8Array(SIDE * SIDE).fill(90)

  expect(alignedCorrelation(flat, gridOf(waves), SIDE)).toBe(-1)
  expect(alignedCorrelation(gridOf(waves), flat, SIDE)).toBe(-1)
})

test('a grid that varies along one axis only is compared as it lies', () => {
  const stripes = gridOf((x) => waves(x, 0))
  const moved = gridOf((x) => waves(x + 1, 0))

  expect(alignedCorrelation(moved, stripes, SIDE)).toBeCloseTo(correlation(moved, stripes), 12)
})

test.each<[string, object, (x: number, y: number) => boolean]>([
  ['the right', { shiftX: 1.5 }, (x) => x === 31],
  ['the left', { shiftX: -1.5 }, (x) => x === 0],
  ['the bottom', { shiftY: 1.5 }, (_x, y) => y === 31],
  ['the top', { shiftY: -1.5 }, (_x, y) => y === 0],
])('the last cells at %s count where the alignment reaches them', (_side, warp, isLast) => {
  const [grid, moved] = [gridOf(waves), gridOf(stretched(warp))]
  const striped = gridOf((x, y) => (isLast(x, y) ? 255 * ((x + y) % 2) : waves(x, y)))

  expect(alignedCorrelation(moved, grid, SIDE)).toBeGreaterThan(0.9999)
  expect(alignedCorrelation(moved, striped, SIDE)).toBeLessThan(0.9995)
})

test('a single cell that is one level lighter is a pattern', () => {
  const grid = new Uint8Array(SIDE * SIDE).fill(90)
  grid[500] = 91

  expect(alignedCorrelation(grid, grid, SIDE)).toBeCloseTo(1, 9)
})
