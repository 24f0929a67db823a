/** The ground under what is narrower than a square window: the morphological opening, which is the lowest values within
 *  the window around each pixel and then the highest of these. Its time does not depend on the window (van Herk 1992;
 *  Gil and Werman 1993). */
type Size = { readonly width: number; readonly height: number }

/** The window lies around its pixel and is cut at the border. Each step goes along columns, row by row, because rows
 *  lie together in memory; the other direction is the same on the transposed values, and the highest is the lowest of
 *  the negated ones. */
export function opened(
  values: Float32Array,
  { width, height, window }: Size & { readonly window: number },
): Float32Array {
  const reach = window >> 1
  if (reach === 0) return values
  const upright = { width, height }
  const turned = { width: height, height: width }
  const lowest = lowestInColumns(transposed(lowestInColumns(values, upright, reach), upright), turned, reach)
  const negated = lowestInColumns(negate(lowest), turned, reach)
  return negate(lowestInColumns(transposed(negated, turned), upright, reach))
}

/** The columns are cut into pieces as long as the window, which therefore reaches over two of them: its lowest value is
 *  that of the end of the first (`backward`) or of the start of the second (`forward`). */
function lowestInColumns(values: Float32Array, { width, height }: Size, reach: number): Float32Array {
  const window = 2 * reach + 1
  const forward = values.slice()
  for (let y = 1; y < height; y++)
    if (y % window > 0) lowerBy(forward, { at: y * width, other: (y - 1) * width, width })
  const backward = values.slice()
  for (let y = height - 2; y >= 0; y--)
    if (y % window < window - 1) lowerBy(backward, { at: y * width, other: (y + 1) * width, width })
  const out = new Float32Array(values.length)
  for (let y = 0; y < height; y++) {
    const top = y - reach
    const bottom = Math.min(y + reach, height - 1)
    const isFirstPiece = top <= 0
    const isOnePiece = !isFirstPiece && Math.floor(top / window) === Math.floor(bottom / window)
    const upper = isFirstPiece ? forward : backward
    const lower = isOnePiece ? backward : forward
    let a = (isFirstPiece ? bottom : top) * width
    let b = (isOnePiece ? top : bottom) * width
    for (let at = y * width, end = at + width; at < end; at++, a++, b++) {
      const [one, two] = [upper[a]!, lower[b]!]
      out[at] = one < two ? one : two
    }
  }
  return out
}

/** A row becomes the lower one of itself and another. */
function lowerBy(
  values: Float32Array,
  { at, other, width }: { readonly at: number; readonly other: number; readonly width: number },
): void {
  for (let i = 0; i < width; i++) {
    const value = values[other + i]!
    if (value < values[at + i]!) values[at + i] = value
  }
}

function transposed(values: Float32Array, { width, height }: Size): Float32Array {
  const out = new Float32Array(values.length)
  for (let y = 0, from = 0; y < height; y++)
    for (let x = 0, to = y; x < width; x++, to += height) out[to] = values[from++]!
  return out
}

function negate(values: Float32Array): Float32Array {
  for (let i = 0; i < values.length; i++) values[i] = -values[i]!
  return values
}
