/** What both ways of reading a digit share: a quantile of bytes, and the square with the ink in its middle. */

/** The smallest value that at least `share` of the bytes do not exceed. */
export function quantile(bytes: Uint8Array, share: number): number {
  const counts = new Uint32Array(256)
  for (const value of bytes) counts[value]!++
  let left = Math.ceil(bytes.length * share)
  for (let value = 0; value < 256; value++) {
    left -= counts[value]!
    if (left <= 0) return value
  }
  return 255
}

/** Puts the ink so that its centre of mass lies in the middle of the square, as far as it stays whole. */
export function centred(ink: Uint8Array, width: number, height: number, size: number): Uint8Array {
  let [mass, massX, massY] = [0, 0, 0]
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const value = ink[y * width + x]!
      mass += value
      massX += value * (x + 0.5)
      massY += value * (y + 0.5)
    }
  const place = (centre: number, length: number): number =>
    Math.max(0, Math.min(size - length, Math.round(size / 2 - centre)))
  const left = place(mass ? massX / mass : width / 2, width)
  const top = place(mass ? massY / mass : height / 2, height)
  const out = new Uint8Array(size * size)
  for (let y = 0; y < height; y++) out.set(ink.subarray(y * width, (y + 1) * width), (top + y) * size + left)
  return out
}
