/** The groups that an upload states: those of an exported set, or that all its images are frames of one recording. They
 *  are joined with those that the comparison of the images finds: two near-copies may belong together through a third
 *  one that is not in the upload. */
import type { ExportedImage } from '#lib/domain/reading/darkroom-set.ts'
import type { Groups } from '#lib/data/samples/group-types.ts'

export type StatedGroups = {
  readonly add: (hash: string, exported: ExportedImage | undefined) => void
  /** After the images were compared. */
  readonly restore: (classifierId: string, ports: { readonly groups: Pick<Groups, 'save'> }) => Promise<void>
}

export function createStatedGroups({ isOneGroup = false }: { readonly isOneGroup?: boolean }): StatedGroups {
  const firstOf = new Map<string, string>()
  const links: (readonly [string, string])[] = []
  return {
    add(hash, exported) {
      const group = isOneGroup ? '' : (exported?.group ?? null)
      if (group === null) return
      const first = firstOf.get(group)
      if (first === undefined) firstOf.set(group, hash)
      else links.push([first, hash])
    },
    async restore(classifierId, { groups }) {
      if (links.length > 0) await groups.save(classifierId, { compared: [], links })
    },
  }
}
