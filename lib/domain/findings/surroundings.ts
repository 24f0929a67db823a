/** What an image shows apart from its subject: the colours of its border, its light, and how its file was made. A class
 *  that can be predicted from these alone may have been learned from them (shortcut.ts). */
import type { RgbImage } from '../image.ts'

export type Surroundings = {
  /** Mean red, green and blue of a strip along the top, the bottom, the left and the right side, 0 to 255. */
  readonly border: readonly number[]
  /** Mean and standard deviation of the grey levels, 0 to 255. */
  readonly level: number
  readonly contrast: number
  /** Mean of the first quantisation table of a JPEG; 0 for other files. */
  readonly quantisation: number
  readonly bytesPerPixel: number
}

/** What the file says, without its pixels. */
export type FileTraits = Pick<Surroundings, 'quantisation' | 'bytesPerPixel'>

/** Of the shorter side. */
const STRIP = 1 / 16

/** @param image a reduced copy */
export function surroundingsOf(image: RgbImage, file: FileTraits): Surroundings {
  const { width, height, data } = image
  const strip = Math.max(1, Math.round(Math.min(width, height) * STRIP))
  const count = width * height
  let [sum, squares] = [0, 0]
  for (let i = 0; i < count; i++) {
    const grey = 0.299 * data[i * 3]! + 0.587 * data[i * 3 + 1]! + 0.114 * data[i * 3 + 2]! // Rec. 601
    sum += grey
    squares += grey * grey
  }
  const level = sum / count
  return {
    border: [
      ...meanColour(image, { left: 0, top: 0, right: width, bottom: strip }),
      ...meanColour(image, { left: 0, top: height - strip, right: width, bottom: height }),
      ...meanColour(image, { left: 0, top: 0, right: strip, bottom: height }),
      ...meanColour(image, { left: width - strip, top: 0, right: width, bottom: height }),
    ],
    level,
    contrast: Math.sqrt(Math.max(0, squares / count - level * level)),
    ...file,
  }
}

type Area = {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

function meanColour({ width, data }: RgbImage, { left, top, right, bottom }: Area): number[] {
  const sums = [0, 0, 0]
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++)
      for (let channel = 0; channel < 3; channel++) sums[channel]! += data[(y * width + x) * 3 + channel]!
  return sums.map((sum) => sum / ((right - left) * (bottom - top)))
}
