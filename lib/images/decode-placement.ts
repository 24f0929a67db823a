/** Which images a process decodes in place, and which are left to a separate process. It
 *  decodes nothing. */
import { decodeBytes } from './cost.ts'
import { admit, type DecodeLimits } from './decode.ts'
import type { ImageHeader } from './image-header.ts'
import { WHOLE_PIXELS } from '#lib/domain/shrunk-size.ts'

/** Encoded size: more bytes for so few pixels are metadata, or many frames. */
const MOST_SMALL_BYTES = 4 * 1024 ** 2
/** Each scan of a progressive JPEG processes the whole image; encoders write ten. */
const MOST_SCANS = 16

export type Placement = {
  /** It takes a few milliseconds and megabytes to decode, whatever its bytes are. */
  readonly isSmall: boolean
  /** Peak memory. */
  readonly cost: number
}

/** Refuses bytes that are no image, have too many pixels, or need more than `maxBytes`. `whole`: the cost of an
 *  image whose header cannot be read. */
export function laneOf(bytes: Uint8Array, limits: DecodeLimits, whole: number): Placement {
  const { header } = admit(bytes, limits)
  if (header === null) return { isSmall: false, cost: whole }
  return {
    isSmall: bytes.length <= MOST_SMALL_BYTES && isPlain(header),
    cost: Math.min(whole, decodeBytes(header) + bytes.length),
  }
}

/**
 * Whether a process that answers requests decodes these bytes itself: PNG and JPEG, whose decoders take a few
 * milliseconds and megabytes. False for bytes that cannot be read at all, because they are refused at once.
 */
export function isDecodedHere(bytes: Uint8Array, maxPixels: number): boolean {
  try {
    const { header } = admit(bytes, { maxPixels })
    if (header === null || bytes.length > MOST_SMALL_BYTES) return false
    return (header.kind === 'png' || header.kind === 'jpeg') && isPlain(header)
  } catch {
    return false
  }
}

/** TIFF, AVIF and HEIC are never plain: the work of their decoders depends on more than the header. */
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
    case 'heic':
      return false
  }
}
