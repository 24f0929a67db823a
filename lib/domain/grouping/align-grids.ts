/** How well one grey grid matches another after a small shift and stretch of each axis: what is left of the
 *  difference between a photograph and a cropped copy of it. Lucas and Kanade 1981, "An iterative image registration
 *  technique", with gain and offset as parameters (brightness and contrast). */

const ITERATIONS = 7
/** Cells at the border that are not compared: a crop has lost them. */
const BORDER = 2
/** A shift of more cells, or a stretch by a larger share, is not a small crop: 4 % of each side are 1.3 of 32 cells. */
const MOST_SHIFT = 2.5
const MOST_STRETCH = 0.12
/** Below this correlation before the first step, and after it, no more steps are taken. Of 2,500 planted copies
 *  (decision 0025) none began below 0.85, and none was below 0.96 after one step (2026-11-29). */
const LEAST_BY_STEPS = [0.8, 0.94]

/** Shift in cells and stretch as a share, of each axis. */
type Warp = readonly [shiftX: number, stretchX: number, shiftY: number, stretchY: number]

/** The correlation of two grids of `side × side` at the best alignment; −1 where one of them is all of one level. It
 *  stops early where the grids cannot be copies of each other. */
export function alignedCorrelation(a: Uint8Array, b: Uint8Array, side: number): number {
  let warp: Warp = [0, 0, 0, 0]
  const correlations: number[] = []
  for (let iteration = 0; iteration < ITERATIONS && isSmall(warp); iteration++) {
    const moments = momentsOf(a, { grid: b, warp }, side)
    correlations.push(correlationOf(moments))
    const least = LEAST_BY_STEPS[iteration]
    if (least !== undefined && Math.max(...correlations) < least) break
    const step = solved(moments)
    const gain = step[VALUE]!
    warp = [
      warp[0] + step[0]! / gain,
      warp[1] + step[1]! / gain,
      warp[2] + step[2]! / gain,
      warp[3] + step[3]! / gain,
    ]
  }
  return Math.max(...correlations)
}

const isSmall = ([shiftX, stretchX, shiftY, stretchY]: Warp): boolean =>
  Math.max(Math.abs(shiftX), Math.abs(shiftY)) <= MOST_SHIFT &&
  Math.max(Math.abs(stretchX), Math.abs(stretchY)) <= MOST_STRETCH

/** Columns of the moments: the four derivatives of the warped grid come first. */
const VALUE = 4
const ONE = 5
const OTHER = 6
const COLUMNS = 7

/** Sums over all cells of the products of each two of: the derivatives of the warped grid by shift and stretch, its
 *  value, one, and the value of the other grid. The upper triangle of 7 × 7 is filled. */
function momentsOf(
  other: Uint8Array,
  { grid, warp }: { readonly grid: Uint8Array; readonly warp: Warp },
  side: number,
): Float64Array {
  const [shiftX, stretchX, shiftY, stretchY] = warp
  const across = placesOf(shiftX, stretchX, side)
  const moments = new Float64Array(COLUMNS * COLUMNS)
  for (const { cell: y, off: offY, first: top, rest: v } of placesOf(shiftY, stretchY, side))
    for (const { cell: x, off: offX, first: left, rest: u } of across) {
      const at = top * side + left
      const [p, q, r, s] = [grid[at]!, grid[at + 1]!, grid[at + side]!, grid[at + side + 1]!]
      const upper = p + u * (q - p)
      const dy = r + u * (s - r) - upper
      const dx = q - p + v * (s - r - q + p)
      const row = [dx, dx * offX, dy, dy * offY, upper + v * dy, 1, other[y * side + x]!]
      for (let i = 0; i < COLUMNS; i++)
        for (let j = i; j < COLUMNS; j++) moments[i * COLUMNS + j]! += row[i]! * row[j]!
    }
  return moments
}

type Place = { readonly cell: number; readonly off: number; readonly first: number; readonly rest: number }

/** For each compared cell of an axis, its distance from the centre, and between which cells it lies in the warped
 *  grid: from `first` on by `rest`. Cells that lie beyond it are left out. */
function placesOf(shift: number, stretch: number, side: number): readonly Place[] {
  return Array.from({ length: side - 2 * BORDER }, (_, i): Place => {
    const cell = i + BORDER
    const off = cell - (side - 1) / 2
    const from = cell + shift + stretch * off
    return { cell, off, first: Math.floor(from), rest: from - Math.floor(from) }
  }).filter(({ first }) => first >= 0 && first < side - 1)
}

function correlationOf(moments: Float64Array): number {
  const n = moments[ONE * COLUMNS + ONE]!
  const [sumValue, sumOther] = [moments[VALUE * COLUMNS + ONE]!, moments[ONE * COLUMNS + OTHER]!]
  const spread =
    (moments[VALUE * COLUMNS + VALUE]! - sumValue ** 2 / n) *
    (moments[OTHER * COLUMNS + OTHER]! - sumOther ** 2 / n)
  return spread > 0 ? (moments[VALUE * COLUMNS + OTHER]! - (sumValue * sumOther) / n) / Math.sqrt(spread) : -1
}

/** The least-squares solution for the other grid, by elimination; not finite where the derivatives do not determine
 *  one. Changes the moments. */
function solved(moments: Float64Array): Float64Array {
  for (let i = 0; i < OTHER; i++)
    for (let row = i + 1; row < OTHER; row++) {
      const factor = moments[i * COLUMNS + row]! / moments[i * COLUMNS + i]!
      for (let k = row; k < COLUMNS; k++) moments[row * COLUMNS + k]! -= factor * moments[i * COLUMNS + k]!
    }
  const solution = new Float64Array(OTHER)
  for (let i = OTHER - 1; i >= 0; i--) {
    let rest = moments[i * COLUMNS + OTHER]!
    for (let k = i + 1; k < OTHER; k++) rest -= moments[i * COLUMNS + k]! * solution[k]!
    solution[i] = rest / moments[i * COLUMNS + i]!
  }
  return solution
}
