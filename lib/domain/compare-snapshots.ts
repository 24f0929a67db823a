/** What changed from one list of labelled images to another. Pure. */
import type { SetEntry } from './exported-set.ts'

export type PlacedImage = Pick<SetEntry, 'label' | 'split'>
export type SnapshotChange = {
  readonly kind: 'added' | 'removed' | 'relabelled' | 'moved'
  readonly hash: string
  readonly before: PlacedImage | null
  readonly after: PlacedImage | null
}
export type SnapshotComparison = {
  readonly changes: readonly SnapshotChange[]
  readonly counts: Readonly<Record<SnapshotChange['kind'] | 'unchanged', number>>
}

/** In the order of the later list; removed images last. An image with another label and another split is
 *  `relabelled`. */
export function compareSnapshots(
  earlier: readonly SetEntry[],
  later: readonly SetEntry[],
): SnapshotComparison {
  const known = new Map(earlier.map((entry) => [entry.hash, entry]))
  const remaining = new Set(known.keys())
  const changes: SnapshotChange[] = []
  const counts = { added: 0, removed: 0, relabelled: 0, moved: 0, unchanged: 0 }
  const add = (change: SnapshotChange): void => {
    counts[change.kind] += 1
    changes.push(change)
  }
  for (const { hash, label, split } of later) {
    const before = known.get(hash)
    remaining.delete(hash)
    const after = { label, split }
    if (before === undefined) add({ kind: 'added', hash, before: null, after })
    else if (before.label !== label) add({ kind: 'relabelled', hash, before: placeOf(before), after })
    else if (before.split !== split) add({ kind: 'moved', hash, before: placeOf(before), after })
    else counts.unchanged += 1
  }
  for (const hash of remaining) add({ kind: 'removed', hash, before: placeOf(known.get(hash)!), after: null })
  return { changes, counts }
}

const placeOf = ({ label, split }: SetEntry): PlacedImage => ({ label, split })
