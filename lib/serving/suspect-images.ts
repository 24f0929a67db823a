/**
 * Images that a process was decoding when it ended, by their sha256: for a while they are decoded in a process
 * of their own, which they may end without ending the connections of others. It decodes nothing.
 */
import type { SteadyClock } from '#lib/domain/ports.ts'

/** About 200 bytes each. */
const MOST_REMEMBERED = 1_000
/** The machine may later have more free memory, or a newer decoder. */
const REMEMBERED_MS = 600_000

export type SuspectImages = {
  readonly add: (hashes: readonly string[]) => void
  /** `hash` is called only while an image is remembered. */
  readonly has: (hash: () => string) => boolean
  readonly all: () => readonly string[]
}

export function createSuspectImages(clock: Pick<SteadyClock, 'now'>): SuspectImages {
  /** When each is forgotten, the oldest first. */
  const until = new Map<string, number>()
  const forget = (): void => {
    for (const [hash, end] of until)
      if (end <= clock.now() || until.size > MOST_REMEMBERED) until.delete(hash)
  }
  return {
    add(hashes) {
      for (const hash of hashes) {
        until.delete(hash)
        until.set(hash, clock.now() + REMEMBERED_MS)
      }
      forget()
    },
    has(hash) {
      if (until.size === 0) return false
      forget()
      return until.has(hash())
    },
    all: () => [...until.keys()],
  }
}
