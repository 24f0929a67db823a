/** Which images of a classifier belong together, by their fingerprints and by when they were taken: near-copies and
 *  frames of a burst. It reads no file and stores nothing. */
import { burstLinks, type Link, type Shot } from './groups.ts'
import { copyLinks, likeness } from './near-copies.ts'

/** Frames of a burst are at least so alike as a whole (correlation of 8 × 8 grey cells). Two photographs of a set are
 *  by chance in 5 % (cats and dogs) to 20 % (leaves on one background) of all pairs (2026-11-29); the same camera and
 *  the same two seconds come on top of that. */
export const BURST_LIKENESS = 0.5

export type ImageTraits = { readonly fingerprint: Uint8Array; readonly shot: Shot | null }

/** Links of each image from `first` on with all before it; older ones were compared with each other when they were
 *  new. Yields after each image, so that the caller can let others run in between. */
export function* imageLinks(images: readonly ImageTraits[], first = 0): Generator<readonly Link[]> {
  yield burstLinks(images.map(({ shot }) => shot)).filter(
    ([a, b]) => likeness(images[a]!.fingerprint, images[b]!.fingerprint) >= BURST_LIKENESS,
  )
  yield* copyLinks(
    images.map(({ fingerprint }) => fingerprint),
    first,
  )
}
