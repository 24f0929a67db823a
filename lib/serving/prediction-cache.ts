/**
 * The outputs of recent predictions by version, sender and content hash of the image: an image that is sent again is
 * neither decoded nor computed again. No sender can find out what others have sent. It stores logits, not responses,
 * so that `top_k` makes no difference; a version computes the same for the same bytes as long as it is loaded. The
 * least recently used entries are dropped first.
 */
import type { InferredImage } from '#lib/contracts/ipc.ts'
import type { PredictionEngine } from '#lib/domain/classifier.ts'

/** Memory of one entry apart from its logits and its key; one with ten classes and a key of 101 characters took 610
 *  bytes (2026-11). */
const ENTRY_BYTES = 470
const LOGIT_BYTES = 4

export type CachedOutput = {
  readonly output: Extract<InferredImage, { ok: true }>
  readonly engine: PredictionEngine
}

export type CacheKey = { readonly version: string; readonly sender: string; readonly hash: string }

export type PredictionCache = {
  /** Null when it is not there. An image with more pixels than allowed counts as not there. */
  readonly find: (image: CacheKey, maxPixels: number) => CachedOutput | null
  readonly store: (image: CacheKey, cached: CachedOutput) => void
  /** Forgets everything about this version. */
  readonly forget: (version: string) => void
  readonly figures: () => { readonly hits: number; readonly misses: number; readonly entries: number }
}

/** Null without a cache; images are then not hashed for it. */
export function createPredictionCache(maxBytes: number): PredictionCache | null {
  if (maxBytes <= 0) return null
  const entries = new Map<string, CachedOutput>()
  let bytes = 0
  let hits = 0
  let misses = 0
  const keyOf = ({ version, sender, hash }: CacheKey): string => `${version} ${hash} ${sender}`

  function drop(key: string, cached: CachedOutput): void {
    entries.delete(key)
    bytes -= sizeOf(key, cached)
  }

  return {
    find(image, maxPixels) {
      const key = keyOf(image)
      const cached = entries.get(key)
      if (cached === undefined || cached.output.width * cached.output.height > maxPixels) {
        misses += 1
        return null
      }
      hits += 1
      entries.delete(key)
      entries.set(key, cached)
      return cached
    },
    store(image, cached) {
      const key = keyOf(image)
      const before = entries.get(key)
      if (before !== undefined) drop(key, before)
      entries.set(key, cached)
      bytes += sizeOf(key, cached)
      for (const [oldest, value] of entries) {
        if (bytes <= maxBytes) return
        drop(oldest, value)
      }
    },
    forget(version) {
      for (const [key, cached] of entries) if (key.startsWith(`${version} `)) drop(key, cached)
    },
    figures: () => ({ hits, misses, entries: entries.size }),
  }
}

const sizeOf = (key: string, { output }: CachedOutput): number =>
  ENTRY_BYTES + key.length + LOGIT_BYTES * output.logits.length
