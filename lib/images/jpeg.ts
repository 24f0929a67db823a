/** What JPEG leaves of a picture: squeezed and opened again, for measuring how well it is still known.
 *  Pictures are never kept this way. */
import sharp from 'sharp'

/** `square`: size × size × channels bytes. With the half colour resolution that cameras and phones write. */
export async function throughJpeg(
  square: Uint8Array,
  { size, channels }: { readonly size: number; readonly channels: number },
  quality: number,
): Promise<Uint8Array> {
  const raw = { width: size, height: size, channels: channels === 1 ? 1 : 3 } as const
  const squeezed = await sharp(square, { raw }).jpeg({ quality, chromaSubsampling: '4:2:0' }).toBuffer()
  const opened = channels === 1 ? sharp(squeezed).toColourspace('b-w') : sharp(squeezed)
  return new Uint8Array(await opened.raw().toBuffer())
}
