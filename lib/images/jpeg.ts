/** Compresses an image as JPEG and decodes it again, for measuring how well it is still recognised.
 *  Images are never stored this way. */
import { openSharp } from './sharp.ts'

/** `square`: size × size × channels bytes. With half the colour resolution, as cameras and phones write it. */
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
