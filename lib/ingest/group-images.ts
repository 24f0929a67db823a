/** Finds the near-copies and bursts among all images of a classifier and stores their groups. Only images that have no
 *  group are compared, each with all others; fingerprints that are missing are computed first. Where the comparing
 *  itself runs is decided by lib/processes. */
import type { Classifiers, StoredImages } from '#lib/data/data.ts'
import type { Groups } from '#lib/data/samples/group-types.ts'
import { isFileFault } from '#lib/data/images/blobs.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import type { Link } from '#lib/domain/grouping/groups.ts'
import type { ImageTraits } from '#lib/domain/grouping/image-links.ts'
import { fingerprintOf } from '#lib/domain/grouping/near-copies.ts'
import { shotOf } from '#lib/images/exif.ts'
import type { IngestPorts } from './ports.ts'

/** With more images each is a group of its own: comparing all pairs takes minutes
 *  (docs/decisions/0025-groups-of-near-copies.md). */
export const MOST_GROUPED = 20_000

/** Compares images; the places in its links are those in the order in which the images were added. */
export type LinkSearch = {
  readonly add: (images: readonly { readonly isNew: boolean; readonly traits: ImageTraits }[]) => void
  readonly find: () => Promise<readonly Link[]>
}

export type GroupingPorts = {
  readonly classifiers: Pick<Classifiers, 'get'>
  readonly images: Pick<StoredImages, 'bytesOf'>
  readonly groups: Groups
  readonly sizeOf: IngestPorts['sizeOf']
  /** @param pairs how many pairs of images there are to compare */
  readonly openSearch: (pairs: number, signal: AbortSignal) => LinkSearch
}

export async function groupImages(
  classifierId: string,
  ports: GroupingPorts,
  signal: AbortSignal,
): Promise<void> {
  const { classifiers, groups, openSearch } = ports
  // Digits of different people are as alike as copies.
  if ((await classifiers.get(classifierId)).input.fit === 'digit') return
  const { images, pending } = await groups.progressOf(classifierId)
  if (images > MOST_GROUPED) return
  await computeMissing(classifierId, ports, signal)
  if (pending === 0) return
  const search = openSearch(pending * images, signal)
  const hashes: string[] = []
  const compared: string[] = []
  for await (const page of groups.pages(classifierId)) {
    signal.throwIfAborted()
    search.add(page)
    hashes.push(...page.map(({ hash }) => hash))
    compared.push(...page.filter(({ isNew }) => isNew).map(({ hash }) => hash))
  }
  const links = (await search.find()).map(([a, b]) => [hashes[a]!, hashes[b]!] as const)
  signal.throwIfAborted()
  await groups.save(classifierId, { compared, links })
}

/** Of images that were not uploaded, such as corrected predictions and those of an imported classifier, and of those
 *  that an older program stored. */
async function computeMissing(
  classifierId: string,
  { groups, images, sizeOf }: GroupingPorts,
  signal: AbortSignal,
): Promise<void> {
  for await (const hashes of groups.withoutTraits(classifierId)) {
    const known: { hash: string; traits: ImageTraits }[] = []
    const unknown: string[] = []
    for (const hash of hashes) {
      signal.throwIfAborted()
      const traits = await traitsOf(() => images.bytesOf(hash), sizeOf)
      if (traits) known.push({ hash, traits })
      else unknown.push(hash)
    }
    await groups.keepTraits(known)
    await groups.setAlone(classifierId, unknown)
  }
}

/** Null for an image that cannot be read. */
async function traitsOf(
  bytesOf: () => Promise<Uint8Array | null>,
  sizeOf: IngestPorts['sizeOf'],
): Promise<ImageTraits | null> {
  try {
    const bytes = await bytesOf()
    const image = bytes && (await sizeOf(bytes)).image
    return image ? { fingerprint: fingerprintOf(image), shot: shotOf(bytes) } : null
  } catch (error) {
    if (isFileFault(error) || isDarkroomError(error)) return null
    throw error
  }
}
