/** To what size a large image is decoded: the same in training and serving, whatever the network. Smaller
 *  ones are decoded as they are. It decodes nothing. */

/** Up to here every pixel is decoded as it is, so that small images give the same numbers everywhere. */
export const WHOLE_PIXELS = 1e6
/** A network sees at most 512 pixels, most see 32 to 224: what is left is 1.5 to 24 times as much, and fits
 *  into 3 MB. */
const SHORTER_SIDE = 768
/** Of a panorama, whose shorter side would leave too much. */
const MOST_PIXELS = 4e6

/** Null where the image stays as it is. */
export function shrunkSize(
  width: number,
  height: number,
): { readonly width: number; readonly height: number } | null {
  if (width * height <= WHOLE_PIXELS) return null
  const scale = Math.min(SHORTER_SIDE / Math.min(width, height), Math.sqrt(MOST_PIXELS / (width * height)))
  if (scale >= 1) return null
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}
