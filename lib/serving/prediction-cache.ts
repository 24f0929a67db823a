/**
 * The outputs of recent predictions by version and content hash of the image: an image that is sent again is neither
 * decoded nor computed again. It stores logits, not responses, so that `top_k` makes no difference; a version computes
 * the same for the same bytes as long as it is loaded. The least recently used entries are dropped first.
 */
import type { InferredImage } from '#lib/contracts/ipc.ts'
import type { EngineName } from '#lib/domain/classifier.ts'

/** Memory of one entry apart from its logits; an entry with ten classes took 610 bytes (2026-11). */
const ENTRY_BYTES = 570
const LOGIT_BYTES = 4

export type CachedOutput = {
  readonly output: Extract<InferredImage, { ok: true }>
  readonly engine: EngineName
}

export type PredictionCache = {
  /** Null when it is not there. An image with more pixels than allowed counts as not there. */
  readonly find: (version: string, hash: string, maxPixels: number) => CachedOutput | null
  readonly store: (version: string, hash: string, cached: CachedOutput) => void
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
  const keyOf = (version: string, hash: string): string => `${version} ${hash}`

  function drop(key: string, cached: CachedOutput): void {
    entries.delete(key)
    bytes -= sizeOf(cached)
  }

  return {
    find(version, hash, maxPixels) {
      const key = keyOf(version, hash)
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
    store(version, hash, cached) {
      const key = keyOf(version, hash)
      const before = entries.get(key)
      if (before !== undefined) drop(key, before)
      entries.set(key, cached)
      bytes += sizeOf(cached)
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

const sizeOf = ({ output }: CachedOutput): number => ENTRY_BYTES + LOGIT_BYTES * output.logits.length
