/**
 * A stored image as a response file, in full or as a thumbnail. The bytes of a hash never change, so a thumbnail
 * is created once and stored until its image is deleted.
 */
import type { FileAnswer } from '#lib/contracts/contract.ts'
import type { Data } from '#lib/data/data.ts'
import type { DataSettings } from '#lib/data/data-settings.ts'
import { createByteGate } from '#lib/domain/byte-gate.ts'
import { notFound } from '#lib/data/store.ts'

/** Formats that a browser displays inline; anything else is converted to WebP. */
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'])
const WHOLE = 1024
/** Thumbnails are stored in these sizes: those of the pages, and twice those. Others are created for each request. */
const STORED_SIZES: readonly number[] = [32, 64, 96, 128, 160, 192, 256, 320, 512, WHOLE]

/** Of stored files, in memory at the same time to make thumbnails of them. */
const MOST_BYTES_READ = 64 * 1024 ** 2

type MakeThumbnail = NonNullable<DataSettings['thumbnail']>
type ImageParts = Pick<Data, 'images' | 'blobs'> & { readonly thumbnail: MakeThumbnail | undefined }

export async function imageOf(
  parts: ImageParts,
  hash: string,
  size: number | undefined,
): Promise<FileAnswer> {
  const image = await parts.images.find(hash)
  if (!image) throw notFound('image', hash)
  const isShown = SHOWN.has(image.mediaType)
  const isSmall =
    isShown &&
    size !== undefined &&
    image.width <= size &&
    image.height <= size &&
    image.mediaType === 'image/png'
  if (parts.thumbnail && !(isShown && size === undefined) && !isSmall)
    return {
      bytes: await thumbnailOf(parts, { hash, size: size ?? WHOLE }, parts.thumbnail),
      mediaType: 'image/webp',
      filename: null,
      isImmutable: true,
    }
  const pieces = await parts.images.piecesOf(hash)
  return {
    ...(pieces ?? { bytes: await bytesOf(parts, hash) }),
    mediaType: isShown ? image.mediaType : 'application/octet-stream',
    filename: null,
    isImmutable: true,
  }
}

/** In each process: hundreds of requests for thumbnails of large files must not read all of them at once. */
const reading = createByteGate(MOST_BYTES_READ)

async function thumbnailOf(
  parts: Pick<ImageParts, 'images' | 'blobs'>,
  { hash, size }: { readonly hash: string; readonly size: number },
  makeThumbnail: MakeThumbnail,
): Promise<Uint8Array> {
  const { blobs, images } = parts
  const key = `${hash}-${size}`
  const known = await blobs.get('thumbnail', key)
  if (known) return known
  const made = await reading.hold((await images.find(hash))?.sizeBytes ?? 0, async () =>
    makeThumbnail(await bytesOf(parts, hash), size),
  )
  if (!STORED_SIZES.includes(size)) return made
  await blobs.put('thumbnail', key, made).catch(() => {}) // a full disk: it is made again
  if (!(await images.find(hash))) await blobs.delete('thumbnail', key) // the image was deleted meanwhile
  return made
}

async function bytesOf({ images }: Pick<ImageParts, 'images'>, hash: string): Promise<Uint8Array> {
  const bytes = await images.bytesOf(hash)
  if (!bytes) throw notFound('image', hash)
  return bytes
}
