/** The peak memory of decoding an image, estimated from its header. Measured (header.test.ts measures
 *  again); docs/decisions/0021 has the figures. It admits and refuses nothing: lib/images/decoding-queue.ts
 *  does. */
import type { ImageHeader } from './image-header.ts'
import { shrunkSize } from '#lib/domain/shrunk-size.ts'

const MIB = 1024 ** 2

/** The base cost of any decoding: threads, tables, the small result. 7–11 MB measured. */
const FIXED_BYTES = 10 * MIB
/** The number of rows that libvips keeps of an image that it reads in order, whatever it is shrunk to. */
const MAX_ROWS = 2_048
/** As much as so many rows is taken to reduce an image, however few it has, because libvips works in strips of its
 *  whole width: an RGBA PNG of 100,000 × 490 takes 668 MB, a GIF of 65,500 × 745 647, an RGB PNG of 1,225,000 × 40
 *  1.3 GB and an RGBA one of 16 bits 5.9 (2026-11). */
const LEAST_ROWS_TO_REDUCE = 1_900
/** The decoder of JPEG reduces by itself. */
const MOST_JPEG_REDUCTION = 8
/** libaom and libheif hold planes, their conversion and the interleaved image: 17.5–19.8 bytes per pixel at 8
 *  bits, 23.4–24.2 above. */
const AVIF_BYTES = { deep: 26, usual: 20 } as const

const HEIC_BYTES = { deep: 22, full: 14, usual: 8 } as const
const HEIC_FIXED_BYTES = 24 * MIB

/** @returns bytes in addition to those of the idle process, without the encoded bytes. */
export function decodeBytes(header: ImageHeader): number {
  return FIXED_BYTES + Math.ceil(ownBytes(header))
}

function ownBytes(header: ImageHeader): number {
  const { width, height } = header
  const pixels = width * height
  const leastRows = shrunkSize(width, height) === null ? 0 : LEAST_ROWS_TO_REDUCE
  const rows = (bytesEach: number): number =>
    width * Math.max(leastRows, Math.min(height, MAX_ROWS)) * bytesEach
  switch (header.kind) {
    case 'png':
      return rows(header.pixelBytes) + (header.isInterlaced ? pixels * header.pixelBytes : 0)
    case 'jpeg':
      return jpegBytes(header)
    case 'gif':
      return pixels * 4 + rows(4)
    case 'webp':
      return webpBytes(header)
    case 'tiff':
      return rows(header.pixelBytes) + 2 * header.blockWidth * header.blockHeight * header.pixelBytes
    case 'avif':
      return pixels * (header.depth > 8 ? AVIF_BYTES.deep : AVIF_BYTES.usual)
    case 'heic':
      return heicDecoderBytes(header) + pixels * 4 + rows(4)
    case 'bmp':
      return header.isRunLength ? pixels : 0
  }
}

/** The most that libheif may use: planes, their conversion, and the image. At 12 megapixels and 8 bits it used 5.9
 *  bytes per pixel with coarse colours, and 8.5 with fine ones or transparency (2026-11). */
export function heicDecoderBytes({
  width,
  height,
  depth,
  isFull,
}: Extract<ImageHeader, { kind: 'heic' }>): number {
  const usual = isFull ? HEIC_BYTES.full : HEIC_BYTES.usual
  return HEIC_FIXED_BYTES + width * height * (depth > 8 ? HEIC_BYTES.deep : usual)
}

/** A JPEG is reduced during decoding, by up to 8; coefficients of two bytes are held when a later
 *  scan may change them. */
function jpegBytes({
  width,
  height,
  isBuffered,
  coefficientsPerPixel,
}: Extract<ImageHeader, { kind: 'jpeg' }>): number {
  const pixels = width * height
  const target = shrunkSize(width, height)
  const reduction = target === null ? 1 : Math.floor(Math.log2(width / target.width))
  const columns = width / Math.min(MOST_JPEG_REDUCTION, 2 ** reduction)
  const reducing = target === null ? 0 : 3 * columns * LEAST_ROWS_TO_REDUCE
  return Math.max(0.15 * pixels, reducing) + (isBuffered ? 2.1 * coefficientsPerPixel * pixels : 0)
}

/** Lossless images and animations are held whole with four bytes per pixel; of lossy ones only a few rows,
 *  and an alpha of one byte. */
function webpBytes({
  width,
  height,
  isLossless,
  isAnimated,
  hasAlpha,
}: Extract<ImageHeader, { kind: 'webp' }>): number {
  const pixels = width * height
  if (isAnimated) return 12 * pixels
  if (isLossless) return 4.1 * pixels
  return hasAlpha ? 1.1 * pixels : 0.1 * pixels
}
