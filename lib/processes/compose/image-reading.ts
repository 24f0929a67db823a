/**
 * What a web process needs from images apart from predictions: thumbnails, sizes, reduced copies. The
 * decoding child reads large ones and makes all thumbnails; this file stores nothing.
 */
import type { Settings } from '#lib/contracts/settings.ts'
import type { RgbImage } from '#lib/domain/image.ts'
import type { SizedImage } from '#lib/images/decode.ts'
import type { DecodingQueue } from '#lib/images/decoding-queue.ts'
import { laneOf } from '#lib/images/decode-placement.ts'
import { decodeSmall } from '#lib/images/thumbnail.ts'

/** A page shows the thumbnails that are available by then. */
const THUMBNAIL_PATIENCE_MS = 60_000
/** Uploads and checks of a whole data set continue in the background. */
const PATIENCE_MS = 600_000

export type ImageReader = {
  readonly thumbnail: (bytes: Uint8Array, size: number) => Promise<Uint8Array>
  /** At most `side × side`, with the size recorded in the file. */
  readonly raster: (bytes: Uint8Array, side: number) => Promise<SizedImage>
}

export function createReading(
  decoding: DecodingQueue,
  { MAX_PIXELS: maxPixels }: Pick<Settings, 'MAX_PIXELS'>,
): ImageReader {
  const isSmall = (bytes: Uint8Array): boolean => laneOf(bytes, { maxPixels }, Infinity).isSmall
  return {
    thumbnail: async (bytes, size) =>
      (
        await decoding.decode(bytes, {
          wish: { kind: 'thumbnail', size },
          maxPixels,
          patienceMs: THUMBNAIL_PATIENCE_MS,
        })
      ).data,
    async raster(bytes, side) {
      if (isSmall(bytes)) return decodeSmall(bytes, side, { maxPixels })
      const { data, dataWidth, dataHeight, width, height } = await decoding.decode(bytes, {
        wish: { kind: 'raster', side },
        maxPixels,
        patienceMs: PATIENCE_MS,
      })
      const image: RgbImage = { width: dataWidth, height: dataHeight, data }
      return { image, width, height }
    },
  }
}
