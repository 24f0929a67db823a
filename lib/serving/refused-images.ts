/** Images that ended a process, by their sha256: refused at once for a while, so that the same bytes end no
 *  other. It computes nothing. */
import type { InferredImage } from '#lib/contracts/ipc.ts'
import type { SteadyClock } from '#lib/domain/ports.ts'

/** About 200 bytes each. */
const MOST_REMEMBERED = 1_000
/** The machine may have more memory free later, or a newer decoder. */
const REMEMBERED_MS = 600_000

type Refusal = Extract<InferredImage, { ok: false }>

export type RefusedImages = {
  readonly remember: (hash: string, refusal: Refusal) => void
  /** `hash` is computed only while anything is remembered. */
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
      const found = remembered.get(hash())
      if (found === undefined) return null
      if (found.until > clock.now()) return found.refusal
      remembered.delete(hash())
      return null
    },
  }
}
