/** The folders around a set that mean nothing: wrappers, also repeated and with strays next to them, and copies of the
 *  set. Pure; what the folders inside mean is in folder-reading.ts. */
import { copiesIn, completeCopyIn } from './folder-copies.ts'
import { isContainer, isMaskFolder, isSession, isStrayFolder, sameName } from './folder-names.ts'
import { partsIn } from './folder-parts.ts'
import { without, type Folder } from './folder-tree.ts'
import { partOf } from './split-names.ts'

/** More images directly in a folder than this share, and it is a class rather than a wrapper. */
const STRAY_SHARE = 0.2
/** The same for the only folder of a set, which is useless as its only class. */
const STRAY_SHARE_ALONE = 0.5

type FolderMark = (folder: Folder, meaning: { readonly reason: string; readonly isLeftOut: true }) => void

/** Whether a folder of this name is a class elsewhere in the set. */
export type IsClassName = (name: string) => boolean

/** The folder below the wrappers, without copies. */
export function unwrapped(folder: Folder, mark: FolderMark, isClass: IsClassName): Folder {
  let node = withoutCopies(folder, mark)
  for (;;) {
    const inner = wrapperIn(node, isClass)
    if (inner === null) return node
    for (const one of node.folders)
      if (one !== inner) mark(one, { reason: `it is outside ${inner.path}/`, isLeftOut: true })
    node = withoutCopies(inner, mark)
  }
}

function withoutCopies(folder: Folder, mark: FolderMark): Folder {
  const complete = completeCopyIn(folder)
  if (complete !== null) {
    const copies = new Set(folder.folders.filter((one) => one !== complete))
    for (const one of copies)
      mark(one, { reason: `it is a copy of what is in ${complete.path}/`, isLeftOut: true })
    return { ...without(folder, copies), images: [], total: complete.total }
  }
  const copies = copiesIn(folder)
  for (const one of copies)
    mark(one, { reason: `${one.path}/ is a copy of the folders next to it`, isLeftOut: true })
  return without(folder, copies)
}

/** The only folder in it that matters, when that is not itself a class. */
function wrapperIn(node: Folder, isClass: IsClassName): Folder | null {
  const images = node.folders.filter(({ name }) => !isMaskFolder(name))
  const largest = images.reduce<Folder | null>(
    (best, one) => (best === null || one.total > best.total ? one : best),
    null,
  )
  if (largest === null) return null
  const others = node.folders.filter((one) => one !== largest)
  if (!isContainer(largest.name) && isClass(largest.name)) return null
  if (!holdsFolders(largest, node)) return null
  if (others.length === 0) return largest
  if (partsIn(node) !== null) return null
  const noMasks = isContainer(largest.name) ? others.filter(({ name }) => !isMaskFolder(name)) : others
  const areStrays = noMasks.every((one) => one.folders.length === 0 && isStrayFolder(one.name))
  const otherImages = noMasks.reduce((sum, one) => sum + one.total, 0)
  return areStrays && otherImages <= STRAY_SHARE * largest.total ? largest : null
}

/** `Training data/{train,val}` is no part itself. */
const hasSeveralParts = (folder: Folder): boolean =>
  new Set(partsIn(folder)?.parts.map(({ role }) => role)).size > 1

function holdsFolders(one: Folder, parent: Folder): boolean {
  if (one.folders.length === 0) return false
  const part = partOf(one.name)
  const isPartAgain = part?.role === partOf(parent.name)?.role || hasSeveralParts(one)
  if (part !== null && !isPartAgain) return false
  const isAlone = parent.folders.length === 1
  const share = isAlone ? STRAY_SHARE_ALONE : STRAY_SHARE
  const below = structureBelow(one).folders
  const hasFewImages =
    one.images.length === 0 ||
    (below.length > 1 &&
      !below.every(({ name }) => isSession(name)) &&
      one.images.length <= Math.max(2, share * one.total))
  if (!hasFewImages) return false
  if (isContainer(one.name) || sameName(one.name, parent.name)) return true
  if (one.folders.every(({ name }) => isSession(name))) return false
  const [only] = one.folders
  return !(one.folders.length === 1 && only!.folders.length === 0 && isContainer(only!.name))
}

/** The folder inside in which the folders are, whatever images are on the way. */
function structureBelow(folder: Folder): Folder {
  let at = folder
  while (at.folders.length === 1 && at.folders[0]!.folders.length > 0) at = at.folders[0]!
  return at
}
