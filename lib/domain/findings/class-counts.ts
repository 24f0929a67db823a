/** How many images each class has for training, with near-copies and images of a burst counted once as well. */
import type { SetFigures } from './finding.ts'

type ClassCount = {
  readonly name: string
  readonly images: number
  /** Near-copies and images of a burst count as one. */
  readonly different: number
}

export function countsByClass({
  classes,
  samples,
}: Pick<SetFigures, 'classes' | 'samples'>): readonly ClassCount[] {
  const groups = new Map(classes.map((name) => [name, { images: 0, groups: new Set<string>() }]))
  for (const { id, label, groupId } of samples) {
    const own = label === null ? undefined : groups.get(label)
    if (!own) continue
    own.images += 1
    own.groups.add(groupId ?? id)
  }
  return [...groups].map(([name, own]) => ({ name, images: own.images, different: own.groups.size }))
}
