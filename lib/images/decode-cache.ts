/** What the decoding queue remembers for a limited time, only in memory: results that may be requested again, and
 *  images that crashed a child. */
import { createHash } from 'node:crypto'
import type { DecodedImage } from './decoding-tasks.ts'

/** Results are cached for a minute: an explanation follows its prediction, and clients retry. */
const RECENT_MS = 60_000
const MOST_RECENT = 16
const MOST_RECENT_BYTES = 256 * 1024
/** How long an image that crashed a child is refused. */
const REMEMBERED_MS = 10 * 60_000
const MOST_REMEMBERED = 256

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

type Clock = { readonly now: () => number }
type CachedImage = Omit<DecodedImage, 'queuedMs'>

export function createRecent({ now }: Clock): {
  readonly add: (key: string, image: CachedImage) => void
  readonly find: (key: string) => CachedImage | null
} {
  const images = new Map<string, { readonly image: CachedImage; readonly until: number }>()
  const forget = (): void => {
    for (const [key, { until }] of images) if (until < now() || images.size > MOST_RECENT) images.delete(key)
  }
  return {
    add(key, image) {
      if (image.data.length > MOST_RECENT_BYTES) return
      images.set(key, { image, until: now() + RECENT_MS })
      forget()
    },
    find(key) {
      forget()
      return images.get(key)?.image ?? null
    },
  }
}

type Memory = {
  readonly add: (bytes: Uint8Array, why: string) => void
  readonly find: (bytes: Uint8Array) => string | null
}

/** Images that crashed a child, by their sha256, for a limited time. Nothing is hashed while there are none. */
export function createMemory({ now }: Clock): Memory {
  const reasons = new Map<string, { readonly why: string; readonly until: number }>()
  return {
    add(bytes, why) {
      if (reasons.size >= MOST_REMEMBERED) reasons.delete(reasons.keys().next().value!) // the oldest
      reasons.set(hashOf(bytes), { why, until: now() + REMEMBERED_MS })
    },
    find(bytes) {
      for (const [hash, { until }] of reasons) if (until < now()) reasons.delete(hash)
      return reasons.size === 0 ? null : (reasons.get(hashOf(bytes))?.why ?? null)
    },
  }
}
