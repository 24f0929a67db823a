/** A kept picture as a file to answer with, whole or small. The bytes of a hash never change, so neither does the answer. */
import type { FileAnswer } from '#lib/contracts/contract.ts'
import { picturesOf } from '../pictures.ts'
import { notFound } from '../store.ts'
import type { Store } from '../store.ts'

/** What a browser may show in place as it is; anything else is shown as a WebP. */
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'])
const WHOLE = 1024

export async function imageOf(store: Store, hash: string, size: number | undefined): Promise<FileAnswer> {
  const pictures = picturesOf(store)
  const picture = await pictures.find(hash)
  const bytes = picture && await pictures.bytesOf(hash)
  if (!bytes) throw notFound('picture', hash)
  const { thumbnail } = store.settings
  const isShown = SHOWN.has(picture.mediaType)
  if (!thumbnail || (isShown && size === undefined)) return { bytes, mediaType: isShown ? picture.mediaType : 'application/octet-stream', filename: null, isImmutable: true }
  return { bytes: await thumbnail(bytes, size ?? WHOLE), mediaType: 'image/webp', filename: null, isImmutable: true }
}
