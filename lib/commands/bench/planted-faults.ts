/** Faults that people's images have, planted into good ones for a benchmark: under- and overexposure, blur, nothing
 *  but a wall, strips. Pixels in, pixels out. */
import type { RgbImage } from '#lib/domain/image.ts'

/** How strong a fault is, from 0 (mild) to 1. */
export type Fault = (image: RgbImage, strength: number, random: () => number) => RgbImage

const mapped = ({ width, height, data }: RgbImage, change: (value: number) => number): RgbImage => ({
  width,
  height,
  data: Uint8Array.from(data, (value) => Math.max(0, Math.min(255, Math.round(change(value))))),
})

/** At most 25 % to 2 % of the light is left. */
const dark: Fault = (image, strength) => mapped(image, (value) => value * (0.25 - 0.23 * strength))

/** The darkest parts are at 96 % to 100 % of white. */
const light: Fault = (image, strength) => {
  const base = 0.96 + 0.04 * strength
  return mapped(image, (value) => 255 * base + value * (1 - base))
}

/** Three box blurs, nearly a Gaussian, with a standard deviation of 4 % to 8 % of the longer side. */
const blurry: Fault = (image, strength) => {
  const deviation = (0.04 + 0.04 * strength) * Math.max(image.width, image.height)
  const radius = Math.max(1, Math.round((Math.sqrt(4 * deviation ** 2 + 1) - 1) / 2))
  let blurred = image
  for (let pass = 0; pass < 3; pass++) blurred = boxBlurred(boxBlurred(blurred, radius, 'x'), radius, 'y')
  return blurred
}

function boxBlurred({ width, height, data }: RgbImage, radius: number, axis: 'x' | 'y'): RgbImage {
  const out = new Uint8Array(data.length)
  const [lines, length] = axis === 'x' ? [height, width] : [width, height]
  const placeOf = (line: number, at: number): number =>
    axis === 'x' ? (line * width + at) * 3 : (at * width + line) * 3
  const inside = (at: number): number => Math.max(0, Math.min(length - 1, at)) // the edge goes on
  for (let line = 0; line < lines; line++)
    for (let channel = 0; channel < 3; channel++) {
      let sum = 0
      for (let at = -radius; at <= radius; at++) sum += data[placeOf(line, inside(at)) + channel]!
      for (let at = 0; at < length; at++) {
        out[placeOf(line, at) + channel] = Math.round(sum / (2 * radius + 1))
        sum += data[placeOf(line, inside(at + radius + 1)) + channel]!
        sum -= data[placeOf(line, inside(at - radius)) + channel]!
      }
    }
  return { width, height, data: out }
}

/** A wall: one colour of the image with the noise of a camera, ± 2 to ± 0 levels. */
const lowInformation: Fault = ({ width, height, data }, strength, random) => {
  const from = Math.floor(random() * width * height) * 3
  const noise = Math.round(2 * (1 - strength))
  const wall = data.map((_value, i) => data[from + (i % 3)]!)
  return mapped({ width, height, data: wall }, (value) => value + Math.round((2 * random() - 1) * noise))
}

/** A strip of the image: 30 % to 10 % of the shorter side. */
const oddAspect: Fault = ({ width, height, data }, strength) => {
  const rows = Math.max(1, Math.floor((0.3 - 0.2 * strength) * Math.min(width, height)))
  const top = Math.floor((height - rows) / 2)
  return { width, height: rows, data: data.slice(top * width * 3, (top + rows) * width * 3) }
}

export const FAULTS = {
  dark,
  light,
  blurry,
  low_information: lowInformation,
  odd_aspect: oddAspect,
} as const satisfies Readonly<Record<string, Fault>>
