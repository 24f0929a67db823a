/** Whether the subfolders of a folder are the parts of a set (training, validation, test), and which of them. Pure;
 *  split-names.ts knows the names. */
import { isSession, sameNameKey } from './folder-names.ts'
import type { Folder } from './folder-tree.ts'
import { classAndPartOf, partOf, type PartRole } from './split-names.ts'

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
  const [residue] = residues
  const unnamed = residues.size === 1 && residue !== '' ? trainingPartOf(folder, named) : []
  const parts = residues.size === 1 ? [...unnamed, ...named] : named.filter((one) => one.residue === '')
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

/** `rps`, which has the same classes as `rps-test-set`. */
function trainingPartOf(folder: Folder, named: readonly SetPart[]): readonly SetPart[] {
  if (named.some(({ role }) => role === 'train')) return []
  const labels = new Set(named.map((one) => sameNameKey(classAndPartOf(one.folder.name)?.label ?? '')))
  return folder.folders
    .filter(({ name }) => labels.has(sameNameKey(name)))
    .filter(hasClasses)
    .map((one) => ({ folder: one, role: 'train' }))
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

/** `train_cats`, `test_cats`, `train_dogs`, …: part and class in one name; or `cats`, `cats_test`, `dogs`, …, of which
 *  those without a part are for training. */
export function partsInNames(folder: Folder): readonly (SetPart & { label: string })[] | null {
  return partsInAllNames(folder) ?? partsInSomeNames(folder)
}

function partsInSomeNames(folder: Folder): readonly (SetPart & { label: string })[] | null {
  const plain = new Map(
    folder.folders.filter(({ name }) => partOf(name) === null).map((one) => [sameNameKey(one.name), one]),
  )
  const others = folder.folders.filter(({ name }) => partOf(name) !== null)
  if (plain.size < 2 || others.length === 0) return null
  const parts = others.map((one) => {
    const part = classAndPartOf(one.name)
    const own = part === null ? undefined : plain.get(sameNameKey(part.label))
    return part === null || own === undefined ? null : { folder: one, role: part.role, label: own.name }
  })
  const known = parts.filter((part) => part !== null)
  if (known.length < parts.length || known.some(({ role }) => role === 'train' || role === 'unlabelled'))
    return null
  return [
    ...[...plain.values()].map((one) => ({ folder: one, role: 'train' as const, label: one.name })),
    ...known,
  ]
}

function partsInAllNames(folder: Folder): readonly (SetPart & { label: string })[] | null {
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
