/** Which samples belong together: links between pairs become groups, and images taken one after the other by one
 *  camera are linked. near-copies.ts decides which they are; this file reads no pixels. */

/** Photographs by one camera within so many seconds of each other may be a burst. Burst modes take 3 to 20 a second,
 *  and most EXIF times are whole seconds. */
export const BURST_SECONDS = 2

export type Link = readonly [number, number]

/** For each of `count` samples the smallest index of its group; links reach through one another. Union by smallest
 *  root with path halving (Tarjan and van Leeuwen 1984). */
export function linkedGroups(count: number, links: Iterable<Link>): Int32Array {
  const parents = Int32Array.from({ length: count }, (_, i) => i)
  const rootOf = (index: number): number => {
    let at = index
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!
      at = parents[at]!
    }
    return at
  }
  for (const [a, b] of links) {
    const [one, other] = [rootOf(a), rootOf(b)]
    if (one !== other) parents[Math.max(one, other)] = Math.min(one, other)
  }
  return parents.map((_, i) => rootOf(i))
}

/** The group of each member, oldest first, after the links were added: groups that are linked become one, which has the
 *  name of its oldest member's group, or its id where it had none. */
export function joinedGroups(
  members: readonly { readonly id: string; readonly groupId: string | null }[],
  links: Iterable<Link>,
): readonly string[] {
  const firstOf = new Map<string, number>()
  const known = members.flatMap(({ groupId }, i): Link[] => {
    if (groupId === null) return []
    const first = firstOf.get(groupId)
    if (first !== undefined) return [[first, i]]
    firstOf.set(groupId, i)
    return []
  })
  return [...linkedGroups(members.length, [...known, ...links])].map((root) => {
    const { id, groupId } = members[root]!
    return groupId ?? id
  })
}

/** When and with what an image was taken, from its EXIF data; `camera` is maker and model. */
export type Shot = { readonly takenAtMs: number; readonly camera: string }

/** More images of one moment were not taken by a camera: a program wrote the time into all of them. */
const MOST_AT_ONE_MOMENT = 30

/** Links images of one camera that follow each other within `BURST_SECONDS`; null: not known. */
export function burstLinks(shots: readonly (Shot | null)[]): readonly Link[] {
  const moments = Map.groupBy(
    shots.flatMap((shot, index) => (shot ? [{ ...shot, index }] : [])),
    ({ camera, takenAtMs }) => `${takenAtMs} ${camera}`,
  )
  const known = [...moments.values()]
    .filter((moment) => moment.length <= MOST_AT_ONE_MOMENT)
    .flat()
    .toSorted((a, b) => a.camera.localeCompare(b.camera) || a.takenAtMs - b.takenAtMs)
  return known.flatMap((shot, i): Link[] => {
    const before = known[i - 1]
    const isBurst =
      before?.camera === shot.camera && shot.takenAtMs - before.takenAtMs <= BURST_SECONDS * 1_000
    return isBurst ? [[before.index, shot.index]] : []
  })
}

export type GroupCounts = {
  readonly images: number
  /** Independent ones: near-copies and images of a burst count as one. */
  readonly groups: number
  /** Images beyond the first of their group. */
  readonly nearCopies: number
}

/** @param groups any value for each image; equal ones are a group */
export function groupCounts(groups: Iterable<string | number>): GroupCounts {
  const all = [...groups]
  const different = new Set(all).size
  return { images: all.length, groups: different, nearCopies: all.length - different }
}

/** Null where there are none. */
export const copiesSentence = ({ images, groups, nearCopies }: GroupCounts): string | null =>
  nearCopies === 0
    ? null
    : `${images} images, of which ${nearCopies} ${nearCopies === 1 ? 'is a near-copy' : 'are near-copies'}: ` +
      `${groups} different ${groups === 1 ? 'one' : 'ones'}`

/** Groups as numbers from 0, in the order in which they first occur. */
export function groupNumbers(groups: readonly (string | number)[]): Int32Array {
  const numbers = new Map<string | number, number>()
  return Int32Array.from(groups, (group) => {
    const known = numbers.get(group)
    if (known !== undefined) return known
    numbers.set(group, numbers.size)
    return numbers.size - 1
  })
}

/** Whether each is the first of its group. */
export function firstOfGroups(groups: readonly (string | number)[]): readonly boolean[] {
  const known = new Set<string | number>()
  return groups.map((group) => known.size !== known.add(group).size)
}
