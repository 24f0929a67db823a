/** Where the classes of a set come from: its folders, its label tables, both, or its file names. Pure; what each
 *  of them says is read in folder-reading.ts, table-labels.ts and name-classes.ts. */
import type { Choice, Doubt } from './choices.ts'
import { isContainer } from './folder-names.ts'
import type { FolderMeaning, FolderReading } from './folder-reading.ts'
import { folderOf, type ListedFile } from './folder-tree.ts'
import { classesInNames } from './name-classes.ts'
import { partOf } from './split-names.ts'
import type { FileLabel, TableLabels, TableText } from './table-labels.ts'

export type LabelSource = {
  readonly kind: 'folders' | 'table' | 'both' | 'names'
  readonly hasFolderClasses: boolean
  readonly doubts: readonly Doubt[]
  readonly notes: readonly string[]
  /** Of `names`: the class of each file. */
  readonly named: ReadonlyMap<string, string>
}
export type FoundLabel = FileLabel & { readonly reason: string; readonly isLeftOut: boolean }

type SetParts = {
  readonly images: readonly ListedFile[]
  readonly folders: FolderReading
  readonly inTables: TableLabels
  readonly tables: readonly TableText[]
  readonly choices: readonly Choice[]
}

/** Folders, tables, or both: where they disagree, a table with a known heading for most images is meant. Names only
 *  where neither says anything. */
export function labelSource({ images, folders, inTables, tables, choices }: SetParts): LabelSource {
  const classes = new Set<string>()
  const usable: string[] = []
  let both = 0
  let agree = 0
  let byTable = 0
  for (const { path } of images) {
    const meaning = meaningOf(path, folders)
    if (meaning.isLeftOut) continue
    usable.push(path)
    const inTable = inTables.labels.get(path)
    const isNamed = inTable !== undefined && inTable.kind !== 'none'
    if (isNamed) byTable += 1
    if (meaning.label === null) continue
    classes.add(meaning.label)
    if (!isNamed) continue
    both += 1
    if (inTable.kind === 'label' && inTable.label.toLowerCase() === meaning.label.trim().toLowerCase())
      agree += 1
  }
  if (byTable === 0) return withoutTable(classes, usable, choices)
  const is = (kind: 'folders' | 'table' | 'both', doubted?: 'by-folders' | 'by-table'): LabelSource => ({
    ...FOLDERS,
    kind,
    hasFolderClasses: kind !== 'table' && classes.size > 0,
    doubts:
      doubted === undefined
        ? []
        : [{ choice: doubted, why: 'the label table and the folders name different classes' }],
  })
  if (choices.includes('by-folders')) return is('folders', 'by-table')
  if (choices.includes('by-table')) return is('table', 'by-folders')
  if (both === 0 || agree >= 0.99 * both) return is('both')
  const isSeparate = tables.some(({ path, isSeparate: own }) => own === true && inTables.used.has(path))
  const isMeant = isSeparate || inTables.isRecognised
  if (classes.size < 2 || (isMeant && byTable >= 0.5 * usable.length))
    return classes.size < 2 ? is('table') : is('table', 'by-folders')
  return is('folders', 'by-table')
}

const FOLDERS: LabelSource = {
  kind: 'folders',
  hasFolderClasses: true,
  doubts: [],
  notes: [],
  named: new Map(),
}

/** `images/cat_1.jpg`: the names of the files, where the folders name no two classes. */
function withoutTable(
  classes: ReadonlySet<string>,
  paths: readonly string[],
  choices: readonly Choice[],
): LabelSource {
  const isChosen = choices.includes('by-names')
  const named = classes.size < 2 || isChosen ? classesInNames(paths) : null
  if (named === null) return FOLDERS
  const [only] = classes
  const saysNothing = only === undefined || isContainer(only) || partOf(only) !== null
  const why = 'the names of the files begin with several words, which may be the classes'
  if (!isChosen && (choices.includes('by-folders') || !saysNothing))
    return { ...FOLDERS, doubts: [{ choice: 'by-names', why }] }
  const [first] = named
  const [path, label] = first ?? ['', '']
  return {
    kind: 'names',
    hasFolderClasses: false,
    doubts: only === undefined ? [] : [{ choice: 'by-folders', why }],
    notes: [
      `The beginnings of the file names are the classes: ${path.slice(path.lastIndexOf('/') + 1)} is "${label}".`,
    ],
    named,
  }
}

export function labelOf(
  path: string,
  {
    folders,
    inTables,
    source,
  }: { readonly folders: FolderReading; readonly inTables: TableLabels; readonly source: LabelSource },
): FoundLabel {
  const { label, split, reason, isLeftOut } = meaningOf(path, folders)
  if (isLeftOut) return { kind: 'none', split, reason, isLeftOut }
  const inTable = inTables.labels.get(path)
  // a list of names states the part alone
  const stated = split ?? (inTable?.kind === 'none' ? inTable.split : null)
  if (source.kind === 'names') {
    const inName = source.named.get(path)
    return inName === undefined
      ? { kind: 'none', split, reason: 'its file name does not begin with a class', isLeftOut }
      : { kind: 'label', label: inName, split: stated, reason, isLeftOut }
  }
  const named = source.kind === 'folders' ? undefined : inTable
  if (named !== undefined && named.kind !== 'none')
    return { ...named, split: named.split ?? split, reason, isLeftOut }
  if (source.kind !== 'table' && label !== null)
    return { kind: 'label', label, split: stated, reason, isLeftOut }
  const why = named?.kind === 'none' ? 'the label table has no class for it' : 'no label table lists it'
  return { kind: 'none', split, reason: source.kind === 'folders' ? reason : why, isLeftOut }
}

function meaningOf(path: string, { meanings, wrapper }: FolderReading): FolderMeaning {
  for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) {
    const meaning = meanings.get(folder)
    if (meaning) return meaning
  }
  const top = meanings.get('')
  const isOutside = wrapper !== '' && !path.startsWith(`${wrapper}/`)
  const reason = isOutside ? `it is outside ${wrapper}/` : 'it is not in a class folder'
  return { label: null, split: null, isLeftOut: false, ...top, reason }
}
