/** Lowest and highest values within a square window around each pixel, in a time that does not depend on the
 *  window (van Herk 1992; Gil and Werman 1993). */
type Size = { readonly width: number; readonly height: number; readonly window: number }

/** The window lies around its pixel and is cut at the border. */
export function extremes(
  values: Float32Array,
  { width, height, window }: Size,
  which: 'lowest' | 'highest',
): Float32Array {
  const reach = window >> 1
  if (reach === 0) return values
  const out = Float32Array.from(values)
  const pick = which === 'lowest' ? Math.min : Math.max
  const nothing = which === 'lowest' ? Infinity : -Infinity
  const line = createLine(Math.max(width, height), { reach, pick, nothing })
  for (let y = 0; y < height; y++) line(out, { from: y * width, step: 1, count: width })
  for (let x = 0; x < width; x++) line(out, { from: x, step: width, count: height })
  return out
}

function createLine(
  longest: number,
  { reach, pick, nothing }: { reach: number; pick: (a: number, b: number) => number; nothing: number },
) {
  const window = 2 * reach + 1
  const padded = new Float32Array(longest + 2 * reach + window)
  const forward = new Float32Array(padded.length)
  const backward = new Float32Array(padded.length)
  return (
    values: Float32Array,
    { from, step, count }: { from: number; step: number; count: number },
  ): void => {
    const length = Math.ceil((count + 2 * reach) / window) * window
    padded.fill(nothing, 0, length)
    for (let i = 0; i < count; i++) padded[reach + i] = values[from + i * step]!
    for (let i = 0; i < length; i++)
      forward[i] = i % window === 0 ? padded[i]! : pick(forward[i - 1]!, padded[i]!)
    for (let i = length - 1; i >= 0; i--)
      backward[i] = i % window === window - 1 ? padded[i]! : pick(backward[i + 1]!, padded[i]!)
    for (let i = 0; i < count; i++) values[from + i * step] = pick(backward[i]!, forward[i + 2 * reach]!)
  }
}
