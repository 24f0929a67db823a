/** What the folders of a set mean: which are wrappers, parts of the set, classes, copies or strays. Pure; it sees
 *  only paths. Names in different spellings, and label tables, are for others (set-plan.ts). */
import type { Choice, Doubt } from './choices.ts'
import { isContainer, isMaskFolder, isSession, isVariant, sameNameKey } from './folder-names.ts'
import { partsIn, partsInClasses, partsInNames, type SetPart } from './folder-parts.ts'
import type { Folder } from './folder-tree.ts'
import { listed } from './listed.ts'
import { partOf, type PartRole } from './split-names.ts'
import { isThumbnailFolder } from './system-files.ts'
import { unwrapped, type IsClassName } from './wrapper-folders.ts'

export type PlannedSplit = 'train' | 'validation' | 'test' | null
/** `label` null: the images of the folder have no class by their folder, for the reason. */
export type FolderMeaning = {
  readonly label: string | null
  readonly split: PlannedSplit
  readonly reason: string
  /** The images are not to be used at all, whatever a table says. */
  readonly isLeftOut: boolean
}
export type FolderReading = {
  readonly meanings: ReadonlyMap<string, FolderMeaning>
  readonly doubts: readonly Doubt[]
  /** Of the folders in which everything else is: `archive/my-set`. */
  readonly wrapper: string
}

/** `masks` next to `images` in a class folder. */
const masksIn = ({ folders }: Folder): readonly Folder[] =>
  folders.some(({ name }) => isContainer(name)) ? folders.filter(({ name }) => isMaskFolder(name)) : []

type ClassFolder = { readonly folder: Folder; readonly split: PlannedSplit; readonly label: string }

export function readFolders(top: Folder, choices: readonly Choice[]): FolderReading {
  const meanings = new Map<string, FolderMeaning>()
  const doubts: Doubt[] = []
  const mark = (folder: Folder, meaning: Partial<FolderMeaning>): void => {
    meanings.set(folder.path, { label: null, split: null, reason: '', isLeftOut: false, ...meaning })
    for (const one of folder.folders) mark(one, meaning)
  }
  mark(top, { reason: 'it is not in a class folder' })

  const node = unwrapped(top, mark, () => false)
  const wrapper = node.path
  const classes = classFolders(node, { choices, doubts, mark })
  for (const { folder, split, label } of levelled(classes, choices, doubts)) {
    mark(folder, { label, split })
    for (const one of masksIn(folder))
      mark(one, { split, reason: `${one.name}/ has masks or annotations`, isLeftOut: true })
  }
  return { meanings, doubts, wrapper }
}

type FolderMarks = {
  readonly choices: readonly Choice[]
  readonly doubts: Doubt[]
  readonly mark: (folder: Folder, meaning: Partial<FolderMeaning>) => void
}

const splitOfRole = (role: PartRole): PlannedSplit => (role === 'unlabelled' ? null : role)

function classFolders(node: Folder, marking: FolderMarks): readonly ClassFolder[] {
  const { choices, doubts, mark } = marking
  const arePartsClasses = choices.includes('parts-as-classes')
  if (!arePartsClasses) {
    const byName = partsInNames(node)
    if (byName !== null)
      return byName.flatMap(({ folder, role, label }) =>
        role === 'unlabelled' ? [] : [{ folder, split: splitOfRole(role), label }],
      )
    const inClasses = partsInClasses(node)
    if (inClasses !== null)
      return inClasses.flatMap(({ label, parts }) =>
        parts.flatMap(({ folder, role }) =>
          role === 'unlabelled' ? [] : [{ folder, split: splitOfRole(role), label }],
        ),
      )
    const parts = partsIn(node)
    if (parts !== null) {
      if (!parts.isCertain)
        doubts.push({
          choice: 'parts-as-classes',
          why: partsDoubt(parts.parts.map(({ folder }) => folder.name)),
        })
      const names = listed(
        parts.parts.map(({ folder }) => `${folder.name}/`),
        ' and ',
      )
      for (const one of parts.outside) mark(one, { reason: `it is outside ${names}`, isLeftOut: true })
      return classesOfParts(parts.parts, marking)
    }
  } else doubts.push({ choice: 'parts-as-classes', why: 'folders such as "train" are read as classes' })
  return usableClasses(node, marking).map((folder) => ({ folder, split: null, label: folder.name }))
}

const partsDoubt = (names: readonly string[]): string =>
  `${listed(
    names.map((name) => `"${name}"`),
    ' and ',
  )} may be ${names.length === 1 ? 'a part' : 'parts'} of the set ` +
  `or ${names.length === 1 ? 'a class' : 'classes'}`

function classesOfParts(parts: readonly SetPart[], marking: FolderMarks): readonly ClassFolder[] {
  const { mark } = marking
  const parents = Map.groupBy(
    parts.flatMap(({ folder }) => folder.folders.map(({ name }) => ({ key: sameNameKey(name), folder }))),
    ({ key }) => key,
  )
  return parts.flatMap(({ folder, role }) => {
    const split = splitOfRole(role)
    const reason =
      role === 'unlabelled'
        ? `${folder.name}/ has images without labels`
        : `${folder.name}/ has no class folder for it`
    mark(folder, { split, reason, isLeftOut: role === 'unlabelled' })
    if (role === 'unlabelled') return []
    const isClass: IsClassName = (name) =>
      parents.get(sameNameKey(name))?.some((parent) => parent.folder !== folder) === true
    const inner = unwrapped(folder, (one, meaning) => mark(one, { split, ...meaning }), isClass)
    if (hasOnlyContainer(inner, folder, isClass)) return []
    return usableClasses(inner, marking).map((one) => ({ folder: one, split, label: one.name }))
  })
}

/** `test/images`, `test_set/test_set`: images without class folders, in a folder that says nothing about them. */
function hasOnlyContainer({ folders, images }: Folder, part: Folder, isClass: IsClassName): boolean {
  const [only] = folders
  if (only === undefined || folders.length > 1 || images.length > 0 || only.folders.length > 0) return false
  if (isContainer(only.name)) return true
  return partOf(only.name)?.role === partOf(part.name)?.role && !isClass(only.name)
}

/** The folders of a folder that may be classes. */
function usableClasses(node: Folder, { choices, doubts, mark }: FolderMarks): readonly Folder[] {
  const isAll = choices.includes('all-folders')
  const names = Map.groupBy(node.folders, ({ name }) => sameNameKey(name))
  const reasons = new Map(
    node.folders.flatMap((one) => {
      const reason = reasonNoClass(one, node, (name) => names.get(sameNameKey(name)) ?? [])
      return reason === null ? [] : [[one, reason] as const]
    }),
  )
  if (reasons.size > 0)
    doubts.push({
      choice: 'all-folders',
      why:
        `${listed([...reasons.keys()].map(({ name }) => `"${name}"`))} ` +
        (reasons.size === 1 ? 'may be a class' : 'may be classes'),
    })
  if (isAll) return node.folders
  for (const [one, reason] of reasons) mark(one, { reason, isLeftOut: true })
  return node.folders.filter((one) => !reasons.has(one))
}

function reasonNoClass(
  one: Folder,
  { folders }: Folder,
  withName: (name: string) => readonly Folder[],
): string | null {
  if (folders.length < 3) return null
  if (isThumbnailFolder(one.name)) return `${one.name}/ has thumbnails`
  if (partOf(one.name)?.role === 'unlabelled') return `${one.name}/ has images without labels`
  if (one.images.length > 0) return null
  const again = one.folders.filter(({ name }) => withName(name).some((other) => other !== one))
  if (again.length > 1) return `${one.name}/ repeats the class folders next to it`
  return null
}

/** The class folders on the level that is meant: the outer ones, or those inside. */
function levelled(
  classes: readonly ClassFolder[],
  choices: readonly Choice[],
  doubts: Doubt[],
): readonly ClassFolder[] {
  const nested = classes
    .map(throughContainer)
    .filter(({ folder }) => folder.images.length === 0 && folder.folders.length - masksIn(folder).length > 1)
  if (nested.length === 0) return classes
  const inner = classes
    .map(throughContainer)
    .flatMap(({ folder, split, label }) =>
      folder.images.length > 0 || folder.folders.length === 0
        ? [{ folder, split, label }]
        : folder.folders.map((one) => ({ folder: one, split, label: one.name })),
    )
  const isInnerBest = areClassesInside(classes)
  const example = nested[0]!
  const names = example.folder.folders.map(({ name }) => name)
  doubts.push({
    choice: isInnerBest ? 'outer-folders' : 'inner-folders',
    why:
      `"${example.label}" has folders inside: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}; ` +
      'either level may be the classes',
  })
  const isInner = isInnerBest ? !choices.includes('outer-folders') : choices.includes('inner-folders')
  return isInner ? inner : classes
}

/** `amazon/images/{bike,mug}`: the folder with the others. */
function throughContainer(one: ClassFolder): ClassFolder {
  const [only] = one.folder.folders
  const isInside =
    one.folder.images.length === 0 && one.folder.folders.length === 1 && only!.folders.length > 1
  return isInside && isContainer(only!.name) ? { ...one, folder: only! } : one
}

/** Sessions or variants outside, the same classes inside each. */
function areClassesInside(classes: readonly ClassFolder[]): boolean {
  const areAllNested = classes.every(({ folder }) => folder.images.length === 0 && folder.folders.length > 0)
  if (!areAllNested) return false
  const below = classes.flatMap(({ folder }) => folder.folders.map(({ name }) => name))
  if (below.every(isSession)) return false
  if (classes.every(({ label }) => isSession(label) || isContainer(label))) return true
  const sets = new Set(
    classes.map(({ folder }) =>
      folder.folders
        .map(({ name }) => name)
        .toSorted()
        .join('\n'),
    ),
  )
  return (
    classes.length > 1 &&
    sets.size === 1 &&
    (classes.every(({ label }) => isVariant(label)) || areNumbered(classes))
  )
}

/** `k1`, `k2`, `k3`: names that differ only in their numbers. */
function areNumbered(classes: readonly ClassFolder[]): boolean {
  const stems = new Set(classes.map(({ label }) => label.replace(/\d+/g, '#').trim().toLowerCase()))
  const [only] = stems
  return stems.size === 1 && only !== undefined && only.includes('#')
}
