/** Copies of folders within a set: the whole set once more inside itself, or a class folder with "copy" in its
 *  name. Pure; it compares paths, and sizes and checksums where they are known. A folder may have 200,000 subfolders:
 *  each image is looked at a few times, whatever their number. */
import { copiedName, sameName, sameNameKey } from './folder-names.ts'
import { imagesBelow, without, type Folder, type ListedFile } from './folder-tree.ts'

/** Fewer images prove nothing. */
const FEWEST_COPIED = 2

/** The subfolders that are copies of what is next to them. */
export function copiesIn(folder: Folder): ReadonlySet<Folder> {
  const owners = lazily(() => ownersIn(folder))
  const byName = lazily(() => Map.groupBy(folder.folders, ({ name }) => sameNameKey(name)))
  const keys = new Map<Folder, ReadonlySet<string>>()
  const keysOf = (one: Folder): ReadonlySet<string> => {
    const known = keys.get(one) ?? new Set(keysIn(one))
    keys.set(one, known)
    return known
  }

  function isInnerCopy(one: Folder): boolean {
    if (one.folders.length === 0 || one.total < FEWEST_COPIED || one.total > folder.total - one.total)
      return false
    const isOutside = (key: string): boolean =>
      owners()
        .get(key)
        ?.some((owner) => owner !== one) === true
    return every(one, isOutside) || every(chainEnd(one), isOutside) || isWrappedCopy(one)
  }

  /** `data/pets/…` next to `pets/…`, which has the same. */
  function isWrappedCopy(one: Folder): boolean {
    const { folders, images } = one
    const [inner] = folders
    if (inner === undefined || folders.length > 1 || images.length > 0) return false
    const original = byName().get(sameNameKey(inner.name))?.[0]
    if (original === undefined || original === one || inner.total > original.total) return false
    return every(chainEnd(inner), (key) => keysOf(chainEnd(original)).has(key))
  }

  function isNamedCopy(one: Folder): boolean {
    const name = copiedName(one.name)
    const original = name === null ? undefined : byName().get(sameNameKey(name))?.[0]
    if (original === undefined || one.total === 0 || one.total > original.total) return false
    return every(one, (key) => keysOf(original).has(key))
  }

  return new Set(folder.folders.filter((one) => isInnerCopy(one) || isNamedCopy(one)))
}

/** The subfolder that has everything its siblings have, and more: then those are the copies. */
export function completeCopyIn(folder: Folder): Folder | null {
  for (const one of folder.folders) {
    const others = folder.total - one.total
    if (folder.folders.length < 2 || others < FEWEST_COPIED || others > one.total) continue
    if (!sameName(one.name, folder.name)) continue
    const rest = without(folder, new Set([one]))
    const known = new Set(keysIn(chainEnd(one)))
    if (every(rest, (key) => known.has(key))) return one
  }
  return null
}

/** The folder below which the structure begins: `a` of `a/a/{train,test}`. */
function chainEnd(folder: Folder): Folder {
  let at = folder
  while (at.images.length === 0 && at.folders.length === 1 && at.folders[0]!.folders.length > 0)
    at = at.folders[0]!
  return at
}

/** Every image by its place in the folder, with the subfolders that have it; null: it is directly in the folder. */
function ownersIn(folder: Folder): ReadonlyMap<string, readonly (Folder | null)[]> {
  const owners = new Map<string, (Folder | null)[]>()
  const add = (image: ListedFile, owner: Folder | null): void => {
    const key = keyOf(image, folder)
    const known = owners.get(key)
    if (known === undefined) owners.set(key, [owner])
    else if (!known.includes(owner) && known.length < 2) known.push(owner)
  }
  for (const image of folder.images) add(image, null)
  for (const one of folder.folders) for (const image of imagesBelow(one)) add(image, one)
  return owners
}

/** Whether all images of a folder, and there is one, have a place of which this is true. */
function every(folder: Folder, isTrue: (key: string) => boolean): boolean {
  if (folder.total === 0) return false
  for (const image of imagesBelow(folder)) if (!isTrue(keyOf(image, folder))) return false
  return true
}

function* keysIn(folder: Folder): Generator<string> {
  for (const image of imagesBelow(folder)) yield keyOf(image, folder)
}

const keyOf = ({ path, bytes, checksum }: ListedFile, folder: Folder): string =>
  `${path.slice(folder.path === '' ? 0 : folder.path.length + 1)}\n${bytes ?? ''}\n${checksum ?? ''}`

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => (made ??= { value: make() }).value
}
