/** The size to which a large image is decoded: the same in training and serving, whatever the network. Smaller
 *  ones keep their size. It decodes nothing. */

/** Up to here the image keeps its size, so that small images give the same numbers everywhere. */
export const WHOLE_PIXELS = 1e6
/** A network takes at most 512 pixels, most take 32 to 224: this is 1.5 to 24 times as much, and fits
 *  into 3 MB. */
const SHORTER_SIDE = 768
/** For a panorama, whose shorter side would leave too much. */
const MOST_PIXELS = 4e6

/** Null when the image keeps its size. */
export function shrunkSize(
  width: number,
  height: number,
): { readonly width: number; readonly height: number } | null {
  if (width * height <= WHOLE_PIXELS) return null
  const scale = Math.min(SHORTER_SIDE / Math.min(width, height), Math.sqrt(MOST_PIXELS / (width * height)))
  if (scale >= 1) return null
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}
