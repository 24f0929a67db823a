/** Composites transparent images over a plain background, in sRGB at 8 bit: the same arithmetic for every decoder.
 *  It knows no format and resizes nothing. */
import type { RgbImage } from '#lib/domain/image.ts'

export type Background = { readonly r: number; readonly g: number; readonly b: number }

export const WHITE: Background = { r: 255, g: 255, b: 255 }

export type Pixels = {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
  readonly channels: 1 | 2 | 3 | 4
}

/** Grey, grey + alpha, RGB or RGBA to RGB. */
export function composed(pixels: Pixels, background: Background): RgbImage {
  const { width, height, data, channels } = pixels
  if (channels === 3) return { width, height, data }
  const out = new Uint8Array(width * height * 3)
  const hasAlpha = channels === 2 || channels === 4
  const green = channels === 4 ? 1 : 0
  const blue = channels === 4 ? 2 : 0
  for (let from = 0, to = 0; to < out.length; from += channels, to += 3) {
    const alpha = hasAlpha ? data[from + channels - 1]! : 255
    out[to] = over(data[from]!, background.r, alpha)
    out[to + 1] = over(data[from + green]!, background.g, alpha)
    out[to + 2] = over(data[from + blue]!, background.b, alpha)
  }
  return { width, height, data: out }
}

/** Rounded to nearest, exact for alpha 0 and 255. */
const over = (ink: number, ground: number, alpha: number): number =>
  ((ink * alpha + ground * (255 - alpha) + 127) / 255) | 0
