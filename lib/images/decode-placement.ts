/** Which images a process decodes along with its other work, and which are left to a process of their own. It
 *  decodes nothing. */
import { decodeBytes } from './cost.ts'
import { admit, type DecodeLimits } from './decode.ts'
import type { ImageHeader } from './image-header.ts'
import { WHOLE_PIXELS } from './shrink.ts'

/** Encoded: more for so few pixels is metadata, or many frames. */
const MOST_SMALL_BYTES = 4 * 1024 ** 2
/** Each scan of a progressive JPEG goes over the whole image; encoders write ten. */
const MOST_SCANS = 16

export type Placement = {
  /** Decoded in a few milliseconds and megabytes, whatever its bytes hold. */
  readonly isSmall: boolean
  /** Of memory, at the peak. */
  readonly cost: number
}

/** Refuses what is no image, has too many pixels, or takes more than `maxBytes`. `whole`: what an image costs
 *  whose header cannot be read. */
export function laneOf(bytes: Uint8Array, limits: DecodeLimits, whole: number): Placement {
  const { header } = admit(bytes, limits)
  if (header === null) return { isSmall: false, cost: whole }
  return {
    isSmall: bytes.length <= MOST_SMALL_BYTES && isPlain(header),
    cost: Math.min(whole, decodeBytes(header) + bytes.length),
  }
}

/** False for what cannot be read at all: it is refused at once, whatever waits. */
export function isSmallImage(bytes: Uint8Array, maxPixels: number): boolean {
  try {
    return laneOf(bytes, { maxPixels }, Infinity).isSmall
  } catch {
    return false
  }
}

/** TIFF and AVIF never are: what their decoders do depends on more than the header. */
function isPlain(header: ImageHeader): boolean {
  if (header.width * header.height > WHOLE_PIXELS) return false
  switch (header.kind) {
    case 'png':
    case 'gif':
    case 'bmp':
      return true
    case 'jpeg':
      return header.scans <= MOST_SCANS
    case 'webp':
      return !header.isAnimated
    case 'tiff':
    case 'avif':
      return false
  }
}
