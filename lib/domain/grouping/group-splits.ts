/** Splits that cut no group: near-copies and images of a burst are trained on or tested on together. It changes no
 *  split that puts images of a group apart on purpose: a test set that a person chose stays as it is. */
import type { Split } from '../classifier.ts'

export type GroupMember = {
  readonly groupId: string | null
  readonly split: Split | null
  /** A person gave the split. */
  readonly isSplitGiven: boolean
}

/** The split of each member, oldest first. Where a person put an image of a group into the test set, those whose split
 *  is automatic go there, too, and those that a person put elsewhere stay. All others have the split that a person gave
 *  to one of them, or else that of the oldest: images that were trained on stay there when a copy arrives. */
export function splitsByGroup(members: readonly GroupMember[]): readonly (Split | null)[] {
  const tested = new Set<string>()
  const chosen = new Map<string, Split>()
  for (const { groupId, split, isSplitGiven } of members) {
    if (groupId === null || split === null || !isSplitGiven) continue
    if (split === 'test') tested.add(groupId)
    else if (!chosen.has(groupId)) chosen.set(groupId, split)
  }
  for (const { groupId, split } of members)
    if (groupId !== null && split !== null && !chosen.has(groupId)) chosen.set(groupId, split)
  return members.map(({ groupId, split, isSplitGiven }) => {
    if (groupId === null || split === null) return split
    if (tested.has(groupId) && (split === 'test' || !isSplitGiven)) return 'test'
    return chosen.get(groupId)!
  })
}

/** Hashes of test images that are near-copies of images outside the test set, as where a person put both apart. */
export function testedCopies(
  entries: readonly {
    readonly hash: string
    readonly split: Split
    readonly group?: string | null | undefined
  }[],
): ReadonlySet<string> {
  const trained = new Set(entries.flatMap(({ split, group }) => (split === 'test' ? [] : (group ?? []))))
  return new Set(
    entries.flatMap(({ hash, split, group }) =>
      split === 'test' && group && trained.has(group) ? [hash] : [],
    ),
  )
}

/** Of each member the smallest hash of its group: a name that is the same on every machine; null: not known. */
export function groupNames(
  members: readonly { readonly hash: string; readonly groupId: string | null }[],
): readonly (string | null)[] {
  const smallest = new Map<string, string>()
  for (const { hash, groupId } of members) {
    if (groupId === null) continue
    const known = smallest.get(groupId)
    if (known === undefined || hash < known) smallest.set(groupId, hash)
  }
  return members.map(({ groupId }) => (groupId === null ? null : smallest.get(groupId)!))
}
