/** Recognises a set that Darkroom exported: its `metadata.jsonl` states class, split and group of every file, which are
 *  then taken as they are. A set whose files were changed since is read like any other set. Pure. */
import { SPLITS, type Split } from '../classifier.ts'
import { METADATA_FILE } from '../exported-set.ts'
import { folderOf, type ListedFile } from './folder-tree.ts'
import type { TableText } from './table-labels.ts'

export type ExportedImage = {
  readonly label: string
  readonly split: Split
  readonly isSplitGiven: boolean
  readonly group: string | null
}
export type ExportedSet = {
  readonly table: string
  readonly images: ReadonlyMap<string, ExportedImage>
  /** Listed and not sent. */
  readonly missing: readonly string[]
}

export const EXPORT_NOTE =
  'This is a set that Darkroom exported: its classes, splits and groups are taken from metadata.jsonl.'

/** Null: it is another set, or has images that the export does not list. */
export function exportedSetIn(
  files: readonly ListedFile[],
  tables: readonly TableText[],
  isImageName: (path: string) => boolean,
): ExportedSet | null {
  const found = tables.filter(({ path }) => (path.split('/').at(-1) ?? path) === METADATA_FILE)
  const [table] = found
  if (table === undefined || found.length > 1) return null
  const lines = linesOf(table.text)
  if (lines === null) return null
  const folder = folderOf(table.path)
  const paths = new Set(files.map(({ path }) => path))
  const images = new Map<string, ExportedImage>()
  const missing: string[] = []
  for (const [name, image] of lines) {
    const path = folder === '' ? name : `${folder}/${name}`
    if (paths.has(path)) images.set(path, image)
    else missing.push(name)
  }
  const areAllListed = files.every(({ path }) => images.has(path) || !isImageName(path))
  return images.size > 0 && areAllListed ? { table: table.path, images, missing } : null
}

function linesOf(text: string): ReadonlyMap<string, ExportedImage> | null {
  const found = new Map<string, ExportedImage>()
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const entry = entryOf(line)
    if (entry === null || found.has(entry.name)) return null
    found.set(entry.name, entry.image)
  }
  return found
}

function entryOf(line: string): { readonly name: string; readonly image: ExportedImage } | null {
  const value = parsed(line)
  if (value === null) return null
  const { file_name: name, label, split, is_split_given: isSplitGiven, group } = value
  const known = SPLITS.find((one) => one === split)
  if (typeof name !== 'string' || typeof label !== 'string' || typeof isSplitGiven !== 'boolean') return null
  if (known === undefined || (group !== null && typeof group !== 'string')) return null
  return { name, image: { label, split: known, isSplitGiven, group } }
}

function parsed(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}
