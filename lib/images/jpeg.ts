/** Compresses images as JPEG, for measuring how well they are still recognised and what is found in them. Images are
 *  never stored this way. */
import type { RgbImage } from '#lib/domain/image.ts'
import { openSharp } from './sharp.ts'

export const jpegOf = async (
  { width, height, data }: RgbImage,
  quality: number,
): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(
    await openSharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality })
      .toBuffer(),
  )

/** Compressed and decoded again. `square`: size × size × channels bytes. With half the colour resolution, as cameras
 *  and phones write it. */
export async function throughJpeg(
  square: Uint8Array,
  { size, channels }: { readonly size: number; readonly channels: number },
  quality: number,
): Promise<Uint8Array> {
  const raw = { width: size, height: size, channels: channels === 1 ? 1 : 3 } as const
  const squeezed = await openSharp(square, { raw }).jpeg({ quality, chromaSubsampling: '4:2:0' }).toBuffer()
  const decoded = channels === 1 ? openSharp(squeezed).toColourspace('b-w') : openSharp(squeezed)
  return new Uint8Array(await decoded.raw().toBuffer())
}
