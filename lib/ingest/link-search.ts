/** Comparing the images of a classifier in the process that calls it, a few at a time. Larger sets are compared in a
 *  child (lib/processes/forks/fork-grouping.ts), which uses this, too. */
import type { Link } from '#lib/domain/grouping/groups.ts'
import { imageLinks, type ImageTraits } from '#lib/domain/grouping/image-links.ts'
import type { LinkSearch } from './group-images.ts'

export function searchHere(signal: AbortSignal): LinkSearch {
  const images: { readonly isNew: boolean; readonly traits: ImageTraits }[] = []
  return {
    add: (more) => void images.push(...more),
    async find() {
      const places = [...images.keys()]
      const ordered = [...places.filter((i) => !images[i]!.isNew), ...places.filter((i) => images[i]!.isNew)]
      const first = images.filter(({ isNew }) => !isNew).length
      const links: Link[] = []
      for (const found of imageLinks(
        ordered.map((i) => images[i]!.traits),
        first,
      )) {
        links.push(...found.map(([a, b]): Link => [ordered[a]!, ordered[b]!]))
        await new Promise((resolve) => setImmediate(resolve)) // lets others run
        signal.throwIfAborted()
      }
      return links
    },
  }
}
