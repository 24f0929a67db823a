/** A stored image as a file to answer with, whole or small. The bytes of a hash never change, so neither does
 *  the answer: a thumbnail is made once and kept until its image goes. */
import type { FileAnswer } from '#lib/contracts/contract.ts'
import { imagesOf } from '../images.ts'
import { notFound } from '../store.ts'
import type { Store } from '../store.ts'

/** What a browser may show in place as it is; anything else is shown as a WebP. */
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'])
const WHOLE = 1024
/** Thumbnails are kept in these sizes: those of the pages, and doublings. Others are made for each request. */
const KEPT_SIZES: readonly number[] = [32, 64, 96, 128, 160, 192, 256, 320, 512, WHOLE]

export async function imageOf(store: Store, hash: string, size: number | undefined): Promise<FileAnswer> {
  const images = imagesOf(store)
  const image = await images.find(hash)
  if (!image) throw notFound('image', hash)
  const isShown = SHOWN.has(image.mediaType)
  const { thumbnail } = store.settings
  const isSmall =
    isShown &&
    size !== undefined &&
    image.width <= size &&
    image.height <= size &&
    image.mediaType === 'image/png'
  if (thumbnail && !(isShown && size === undefined) && !isSmall)
    return {
      bytes: await kept(store, { hash, size: size ?? WHOLE }, thumbnail),
      mediaType: 'image/webp',
      filename: null,
      isImmutable: true,
    }
  return {
    bytes: await bytesOf(store, hash),
    mediaType: isShown ? image.mediaType : 'application/octet-stream',
    filename: null,
    isImmutable: true,
  }
}

async function kept(
  store: Store,
  { hash, size }: { readonly hash: string; readonly size: number },
  thumbnail: NonNullable<Store['settings']['thumbnail']>,
): Promise<Uint8Array> {
  const { blobs } = store
  const key = `${hash}-${size}`
  const there = await blobs.get('thumbnail', key)
  if (there) return there
  const made = await thumbnail(await bytesOf(store, hash), size)
  if (!KEPT_SIZES.includes(size)) return made
  await blobs.put('thumbnail', key, made).catch(() => {}) // a full disk: it is made again
  if (!(await imagesOf(store).find(hash))) await blobs.delete('thumbnail', key) // the image was deleted meanwhile
  return made
}

async function bytesOf(store: Store, hash: string): Promise<Uint8Array> {
  const bytes = await imagesOf(store).bytesOf(hash)
  if (!bytes) throw notFound('image', hash)
  return bytes
}
