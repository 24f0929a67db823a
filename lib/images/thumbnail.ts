/** Pictures made small for people's eyes. What a network sees is made by lib/ml/preprocess/preprocess, never here. */
import sharp from 'sharp'
import type { Sharp } from 'sharp'
import type { RgbImage } from '#lib/domain/image.ts'
import { decodeSized, type DecodeLimits, type SizedImage } from './decode.ts'

const QUALITY = 80

/** A WebP no larger than `size × size`, never enlarged; small pictures stay exact. */
export async function thumbnail(image: RgbImage, size: number): Promise<Uint8Array> {
  const shown = await resizeForDisplay(image, size)
  const isExact = shown === image
  return new Uint8Array(
    await open(shown)
      .webp(isExact ? { lossless: true } : { quality: QUALITY })
      .toBuffer(),
  )
}

/** The whole picture inside `size × size`, its proportions kept; the same picture when it fits already. */
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

/** Decoded and made no larger than `side × side`, with the size that it has in its file. */
export async function decodeSmall(
  bytes: Uint8Array,
  side: number,
  limits: DecodeLimits,
): Promise<SizedImage> {
  const { picture, width, height } = await decodeSized(bytes, limits)
  return { picture: await resizeForDisplay(picture, side), width, height }
}

const open = (image: RgbImage): Sharp =>
  sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } })
