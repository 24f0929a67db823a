/** Copies of folders within a set: the whole set once more inside itself, or a class folder with "copy" in its
 *  name. Pure; it compares paths, and sizes and checksums where they are known. */
import { copiedName, sameName } from './folder-names.ts'
import { imagesBelow, without, type Folder } from './folder-tree.ts'

/** Fewer images prove nothing. */
const FEWEST_COPIED = 2

/** The subfolders that are copies of what is next to them. */
export function copiesIn(folder: Folder): ReadonlySet<Folder> {
  return new Set(folder.folders.filter((one) => isInnerCopy(one, folder) || isNamedCopy(one, folder)))
}

/** The subfolder that has everything its siblings have, and more: then those are the copies. */
export function completeCopyIn(folder: Folder): Folder | null {
  for (const one of folder.folders) {
    if (!sameName(one.name, folder.name)) continue
    const rest = without(folder, new Set([one]))
    if (rest.folders.length > 0 && rest.total >= FEWEST_COPIED && isPart(rest, chainEnd(one))) return one
  }
  return null
}

function isInnerCopy(one: Folder, folder: Folder): boolean {
  if (one.folders.length === 0 || one.total < FEWEST_COPIED) return false
  const rest = without(folder, new Set([one]))
  return isPart(one, rest) || isPart(chainEnd(one), rest)
}

function isNamedCopy(one: Folder, { folders }: Folder): boolean {
  const name = copiedName(one.name)
  const original = name === null ? undefined : folders.find((other) => sameName(other.name, name))
  return original !== undefined && isPart(one, original)
}

/** The folder below which the structure begins: `a` of `a/a/{train,test}`. */
function chainEnd(folder: Folder): Folder {
  let at = folder
  while (at.images.length === 0 && at.folders.length === 1 && at.folders[0]!.folders.length > 0)
    at = at.folders[0]!
  return at
}

/** Whether every image of `part` is also in `whole`, at the same place. */
function isPart(part: Folder, whole: Folder): boolean {
  if (part.total === 0 || part.total > whole.total) return false
  const known = new Set<string>()
  for (const image of imagesBelow(whole)) known.add(keyOf(image, whole))
  for (const image of imagesBelow(part)) if (!known.has(keyOf(image, part))) return false
  return true
}

const keyOf = (
  { path, bytes, checksum }: { path: string; bytes?: number; checksum?: number },
  folder: Folder,
): string =>
  `${path.slice(folder.path === '' ? 0 : folder.path.length + 1)}\n${bytes ?? ''}\n${checksum ?? ''}`
