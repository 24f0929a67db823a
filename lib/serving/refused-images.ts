/**
 * Images that crashed a process, by their sha256: refused at once for a while, so that the same bytes crash
 * no other process. It computes no predictions.
 */
import type { InferredImage } from '#lib/contracts/ipc.ts'
import type { SteadyClock } from '#lib/domain/ports.ts'

/** About 200 bytes each. */
const MOST_REMEMBERED = 1_000
/** The machine may later have more free memory, or a newer decoder. */
const REMEMBERED_MS = 600_000

type Refusal = Extract<InferredImage, { ok: false }>

export type RefusedImages = {
  readonly remember: (hash: string, refusal: Refusal) => void
  /** `hash` is called only while an image is remembered. */
  readonly find: (hash: () => string) => Refusal | null
}

export function createRefusedImages(clock: Pick<SteadyClock, 'now'>): RefusedImages {
  /** The oldest first. */
  const remembered = new Map<string, { readonly refusal: Refusal; readonly until: number }>()
  return {
    remember(hash, refusal) {
      remembered.delete(hash)
      remembered.set(hash, { refusal, until: clock.now() + REMEMBERED_MS })
      const oldest = remembered.size > MOST_REMEMBERED ? remembered.keys().next().value : undefined
      if (oldest !== undefined) remembered.delete(oldest)
    },
    find(hash) {
      if (remembered.size === 0) return null
      const entry = remembered.get(hash())
      if (entry === undefined) return null
      if (entry.until > clock.now()) return entry.refusal
      remembered.delete(hash())
      return null
    },
  }
}
