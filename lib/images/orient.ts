/** Rotates an image that was stored in one of the eight EXIF orientations upright. Plain loops, for images that
 *  are already small. */
import type { RgbImage } from '#lib/domain/image.ts'

/** Exif 2.32, tag 274: for each orientation, whether the stored rows are columns, and from which end both are
 *  read. */
const ORIENTATIONS: Readonly<
  Record<number, { readonly isTurned: boolean; readonly fromRight: boolean; readonly fromBottom: boolean }>
> = {
  2: { isTurned: false, fromRight: true, fromBottom: false },
  3: { isTurned: false, fromRight: true, fromBottom: true },
  4: { isTurned: false, fromRight: false, fromBottom: true },
  5: { isTurned: true, fromRight: false, fromBottom: false },
  6: { isTurned: true, fromRight: false, fromBottom: true },
  7: { isTurned: true, fromRight: true, fromBottom: true },
  8: { isTurned: true, fromRight: true, fromBottom: false },
}

export function upright(image: RgbImage, orientation: number): RgbImage {
  const how = ORIENTATIONS[orientation]
  if (how === undefined) return image
  const [width, height] = how.isTurned ? [image.height, image.width] : [image.width, image.height]
  const data = new Uint8Array(image.data.length)
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const [across, down] = how.isTurned ? [y, x] : [x, y]
      const column = how.fromRight ? image.width - 1 - across : across
      const row = how.fromBottom ? image.height - 1 - down : down
      const from = (row * image.width + column) * 3
      data[to] = image.data[from]!
      data[to + 1] = image.data[from + 1]!
      data[to + 2] = image.data[from + 2]!
    }
  }
  return { width, height, data }
}
