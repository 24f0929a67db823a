/** Reduces images for display. The input of a network is made by lib/ml/preprocess/preprocess, never here. */
import type { Sharp } from 'sharp'
import type { RgbImage } from '#lib/domain/image.ts'
import { decodeSized, type DecodeLimits, type SizedImage } from './decode.ts'
import { openSharp } from './sharp.ts'

const QUALITY = 80

/** A WebP no larger than `size × size`, never enlarged; small images stay exact. */
export async function thumbnail(image: RgbImage, size: number): Promise<Uint8Array> {
  const target = await resizeForDisplay(image, size)
  const isExact = target === image
  return new Uint8Array(
    await open(target)
      .webp(isExact ? { lossless: true } : { quality: QUALITY })
      .toBuffer(),
  )
}

/** The whole image inside `size × size`, with its proportions; the same image when it fits already. */
export async function resizeForDisplay(image: RgbImage, size: number): Promise<RgbImage> {
  if (image.width <= size && image.height <= size) return image
  const { data, info } = await open(image)
    .resize(size, size, { fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return {
    width: info.width,
    height: info.height,
    data: new Uint8Array(data.buffer, data.byteOffset, data.length),
  }
}

/** Decoded and reduced to at most `side × side`, with its size in the file. */
export async function decodeSmall(
  bytes: Uint8Array,
  side: number,
  limits: DecodeLimits,
): Promise<SizedImage> {
  const { image, width, height } = await decodeSized(bytes, limits)
  return { image: await resizeForDisplay(image, side), width, height }
}

const open = (image: RgbImage): Sharp =>
  openSharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } })
