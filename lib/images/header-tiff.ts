/** The size of a TIFF's largest page, and how much of it is decoded at once. It reads no pixel. */
import type { ImageHeader } from './image-header.ts'
import { isScaled } from './tiff-scale.ts'
import { largestPage } from './tiff-pages.ts'

export function tiffHeader(bytes: Uint8Array, view: DataView): Extract<ImageHeader, { kind: 'tiff' }> | null {
  const page = largestPage(bytes, view)
  if (page === null) return null
  const { width, height, bits, samples, tile, rowsPerStrip } = page
  // scaled to its range, it is decoded whole
  const stripHeight = isScaled(page) ? height : Math.min(height, rowsPerStrip ?? height)
  return {
    kind: 'tiff',
    width,
    height,
    // a palette becomes three channels
    pixelBytes: Math.max(1, Math.ceil(bits / 8)) * Math.max(samples, bits === 1 ? 1 : 3),
    blockWidth: tile === null ? width : Math.ceil(width / tile.width) * tile.width,
    blockHeight: tile === null || isScaled(page) ? stripHeight : (tile.height ?? height),
  }
}
