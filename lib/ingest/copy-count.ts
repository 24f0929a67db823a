/** Counts the near-copies among the images of one upload. Which images of a classifier belong together when it is
 *  trained, lib/training finds out. */
import { groupCounts, linkedGroups, type GroupCounts } from '#lib/domain/groups.ts'
import { copyLinks } from '#lib/domain/near-copies.ts'

/** Each is compared with all before it: more would hold the process for seconds. */
const MOST_COMPARED = 2_000

export type CopyCount = {
  /** Null: the pixels are not known, and it is not a copy. */
  readonly add: (fingerprint: Uint8Array | null) => void
  /** Null where there are no copies, or more images than are compared. */
  readonly sentence: () => string | null
}

export function createCopyCount(): CopyCount {
  const prints: (Uint8Array | null)[] = []
  const links: (readonly [number, number])[] = []
  let compared = 0
  return {
    add: (fingerprint) => void prints.push(fingerprint),
    sentence() {
      if (prints.length > MOST_COMPARED) return null
      for (const found of copyLinks(prints, compared)) links.push(...found)
      compared = prints.length
      return copiesSentence(groupCounts(linkedGroups(prints.length, links)))
    },
  }
}

export const copiesSentence = ({ images, groups, nearCopies }: GroupCounts): string | null =>
  nearCopies === 0
    ? null
    : `${images} images, of which ${nearCopies} ${nearCopies === 1 ? 'is a near-copy' : 'are near-copies'}: ` +
      `${groups} different ${groups === 1 ? 'one' : 'ones'}`
