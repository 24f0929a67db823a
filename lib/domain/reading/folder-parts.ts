/** Whether the subfolders of a folder are the parts of a set (training, validation, test), and which of them. Pure;
 *  split-names.ts knows the names. */
import { isSession } from './folder-names.ts'
import type { Folder } from './folder-tree.ts'
import { partOf, type PartRole } from './split-names.ts'

export type SetPart = { readonly folder: Folder; readonly role: PartRole }
export type SetParts = {
  readonly parts: readonly SetPart[]
  /** Folders that are neither part nor class. */
  readonly outside: readonly Folder[]
  readonly isCertain: boolean
}

/** More images than this outside the parts, and the parts may be classes. */
const STRAY_SHARE = 0.1

export function partsIn(folder: Folder): SetParts | null {
  const named = folder.folders.flatMap((one) => {
    const part = partOf(one.name)
    return part === null ? [] : [{ folder: one, ...part }]
  })
  const residues = new Set(named.map(({ residue }) => residue.toLowerCase()))
  const parts = residues.size === 1 ? named : named.filter(({ residue }) => residue === '')
  const labelled = parts.filter(({ role }) => role !== 'unlabelled')
  if (labelled.length === 0) return null
  const isPart = new Set(parts.map((part) => part.folder))
  const outside = folder.folders.filter((one) => !isPart.has(one))
  const strays = outside.reduce((sum, one) => sum + one.total, 0)
  const hasFewStrays = strays <= STRAY_SHARE * folder.total
  const found = (isCertain: boolean): SetParts => ({ parts, outside, isCertain })

  const isDeep = labelled.some((part) => hasClasses(part.folder))
  if (new Set(labelled.map(({ role }) => role)).size > 1)
    return isDeep || hasFewStrays ? found(isDeep && hasFewStrays) : null
  if (outside.length === 0) return found(isDeep)
  const areOthersFlat = outside.every((one) => one.folders.length === 0)
  return isDeep && areOthersFlat && labelled.every((part) => part.folder.folders.length > 1)
    ? found(false)
    : null
}

/** Subfolders that may be classes: at least one that is no session. */
const hasClasses = (folder: Folder): boolean => folder.folders.some(({ name }) => !isSession(name))

/** `cats/train`, `cats/test`, `dogs/train`, …: the parts within each class; null when it is not so everywhere. */
export function partsInClasses(
  folder: Folder,
): readonly { label: string; parts: readonly SetPart[] }[] | null {
  if (folder.folders.length === 0) return null
  const classes = folder.folders.map((one) => ({
    label: one.name,
    parts: one.folders.flatMap((below) => {
      const part = partOf(below.name)
      return part === null || part.residue !== '' ? [] : [{ folder: below, role: part.role }]
    }),
    isWhole:
      partOf(one.name) === null &&
      one.images.length === 0 &&
      one.folders.every((below) => partOf(below.name) !== null),
  }))
  const isEverywhere = classes.every(({ isWhole, parts }) => isWhole && parts.length > 0)
  const roles = new Set(classes.flatMap(({ parts }) => parts.map(({ role }) => role)))
  return isEverywhere && roles.size > 1 && roles.has('train') ? classes : null
}

/** `train_cats`, `test_cats`, `train_dogs`, …: part and class in one name. */
export function partsInNames(folder: Folder): readonly (SetPart & { label: string })[] | null {
  const named = folder.folders.map((one) => ({ folder: one, part: partOf(one.name) }))
  if (named.length < 3 || named.some(({ part }) => part === null || part.residue === '')) return null
  const parts = named.map(({ folder: one, part }) => ({
    folder: one,
    role: part!.role,
    label: part!.residue,
  }))
  const classes = new Set(parts.map(({ label }) => label))
  const roles = new Set(parts.map(({ role }) => role))
  return classes.size > 1 && roles.size > 1 && roles.has('train') ? parts : null
}
