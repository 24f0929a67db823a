/** All label tables of a set together: the labels of each file, the part it belongs to, and what is to be reported.
 *  Pure. */
import type { Choice, Doubt } from './choices.ts'
import { textPageName } from './code-pages.ts'
import { fileIndex, type FileIndex } from './file-names.ts'
import type { PlannedSplit } from './folder-reading.ts'
import { folderOf } from './folder-tree.ts'
import { tablesOfJson } from './label-json.ts'
import { rowsOfXml } from './label-xml.ts'
import { readTable, tableRole, type TableReading } from './label-table.ts'
import { labelRank } from './table-headings.ts'
import { tablesIn, type CharacterSet, type TableRows } from './table-text.ts'

export type TableText = {
  readonly path: string
  readonly text: string
  /** Stated when it had to be guessed. */
  readonly guessedEncoding?: CharacterSet | undefined
  /** Sent next to the set rather than inside it. */
  readonly isSeparate?: boolean
}
/** Several labels: the rows disagree (`conflict`), or a row names several classes (`several`). */
export type FileLabel =
  | { readonly kind: 'label'; readonly label: string; readonly split: PlannedSplit }
  | {
      readonly kind: 'conflict' | 'several'
      readonly labels: readonly string[]
      readonly split: PlannedSplit
    }
  | { readonly kind: 'none'; readonly split: PlannedSplit }
export type TableLabels = {
  readonly labels: ReadonlyMap<string, FileLabel>
  readonly notes: readonly string[]
  readonly doubts: readonly Doubt[]
  readonly isRecognised: boolean
  readonly used: ReadonlySet<string>
  /** Tables and other texts without labels for this set, with the reason. */
  readonly unused: ReadonlyMap<string, string>
  /** TableRows that name no file here. */
  readonly missing: readonly string[]
}

/** Kaggle's forms for predictions have placeholders instead of labels. */
const PLACEHOLDER_NAME = /submission/i
const encodingName = (set: CharacterSet): string => {
  if (set === 'utf-8') return 'UTF-8'
  return set === 'utf-16le' || set === 'utf-16be' ? 'UTF-16' : textPageName(set)
}

export function readTables(
  tables: readonly TableText[],
  paths: readonly string[],
  choices: readonly Choice[],
): TableLabels {
  const index = fileIndex(paths)
  const unused = new Map<string, string>()
  const notes: string[] = []
  const missing: string[] = []
  const read: TableReading[] = []
  for (const table of tables) {
    const candidates = candidatesOf(table)
    if (candidates === null) {
      unused.set(table.path, 'it has no labels in a known form')
      continue
    }
    const reading = readTable({ path: table.path, candidates }, index, choices)
    if (reading.rows.size === 0) unused.set(table.path, reasonUnused(reading, candidates, paths))
    else read.push(reading)
  }
  for (const one of read.filter((reading) => isListOfClasses(reading, read))) {
    read.splice(read.indexOf(one), 1)
    unused.set(one.path, 'its names are numbers of classes')
  }
  const isAnyRecognised = read.some((one) => one.isRecognised)
  const listed = splitsOfLists(
    tables.filter(({ path }) => unused.get(path) === NO_COLUMNS),
    index,
  )
  const real = read.filter((one) => {
    const reason = reasonNoLabels(one, read, isAnyRecognised)
    if (reason !== null) unused.set(one.path, reason)
    return reason === null
  })
  const splitOfTable = splitsOfTables(real)
  const labels = new Map<string, FileLabel>()
  const rows = new Map<string, { labels: readonly string[]; split: PlannedSplit }[]>()
  for (const one of real) {
    const split = splitOfTable.get(one.path) ?? null
    for (const [path, found] of one.rows) {
      const own = found.map((row) => ({ ...row, split: row.split ?? split }))
      const known = rows.get(path)
      if (known === undefined) rows.set(path, own)
      else for (const row of own) known.push(row)
    }
  }
  for (const [path, found] of rows) labels.set(path, together(found))
  for (const [path, split] of listed.splits) {
    const known = labels.get(path) ?? { kind: 'none', split: null }
    labels.set(path, { ...known, split: known.split ?? split })
  }
  const used = new Set([...real.map(({ path }) => path), ...listed.used])
  for (const path of used) unused.delete(path)
  for (const one of real) {
    missing.push(...one.missing)
    if (one.ambiguous.length > 0)
      notes.push(
        one.ambiguous.length === 1
          ? `${one.path}: the name ${one.ambiguous[0]} fits several files.`
          : `${one.path}: ${one.ambiguous.length} names fit several files, such as ${one.ambiguous[0]}.`,
      )
  }
  for (const { path, guessedEncoding } of tables)
    if (guessedEncoding !== undefined && used.has(path))
      notes.push(`${path} was read as ${encodingName(guessedEncoding)}, which is a guess.`)
  return {
    labels,
    notes,
    doubts: real.flatMap(({ doubts }) => doubts),
    isRecognised: real.some(({ isRecognised }) => isRecognised),
    used,
    unused,
    missing,
  }
}

const parsed = new WeakMap<TableText, readonly TableRows[] | null>()

/** What the text may be, parsed once for all readings of a set; null for JSON without labels. */
export function candidatesOf(table: TableText): readonly TableRows[] | null {
  const known = parsed.get(table)
  if (known !== undefined) return known
  const candidates = candidatesIn(table)
  parsed.set(table, candidates)
  return candidates
}

function candidatesIn({ path, text }: TableText): readonly TableRows[] | null {
  if (/\.xml$/i.test(path)) {
    const rows = rowsOfXml(text)
    return rows && [rows]
  }
  const json = tablesOfJson(text)
  if (json.length > 0) return json
  return /\.(?:jsonl?|ndjson|manifest)$/i.test(path) ? null : tablesIn(text)
}

const nameOf = (path: string): string => path.split('/').at(-1) ?? path

const NO_COLUMNS = 'it is not a table with several columns'
/** Lines that name a file, of the lists of names in a text. */
const LISTED_SHARE = 0.8

/** `train.txt` and `test.txt` with a name in each line: the part of each file. One alone says nothing about others. */
function splitsOfLists(
  tables: readonly TableText[],
  index: FileIndex,
): { readonly splits: ReadonlyMap<string, PlannedSplit>; readonly used: readonly string[] } {
  const lists = tables.flatMap((table) => {
    const role = tableRole(table.path)
    if (role === null || role === 'unlabelled') return []
    const names = table.text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '')
    const place = { folder: folderOf(table.path), role }
    const paths = names.flatMap((name) => {
      const match = index.find(name, place)
      return match.kind === 'file' ? [match.path] : []
    })
    return paths.length >= Math.max(1, LISTED_SHARE * names.length) ? [{ table, role, paths }] : []
  })
  if (new Set(lists.map(({ role }) => role)).size < 2) return { splits: new Map(), used: [] }
  return {
    splits: new Map(lists.flatMap(({ role, paths }) => paths.map((path) => [path, role] as const))),
    used: lists.map(({ table }) => table.path),
  }
}

/** `0: cat, 1: dog` next to a table of files, some of which have such numbers as names. */
function isListOfClasses(one: TableReading, all: readonly TableReading[]): boolean {
  if (one.missing.length === 0 || !one.missing.every((name) => /^\d{1,5}$/.test(name))) return false
  return all.some((other) => other !== one && other.rows.size >= one.rows.size && other.missing.length === 0)
}

/** Why a table whose names are files of the set has no labels for them; null: it has. */
function reasonNoLabels(
  one: TableReading,
  all: readonly TableReading[],
  isAnyRecognised: boolean,
): string | null {
  if (PLACEHOLDER_NAME.test(nameOf(one.path)) || hasPlaceholders(one, all))
    return 'it is a form for predictions, without labels'
  const isGuessed = isAnyRecognised && !one.isRecognised && one.hasHeading
  return isGuessed ? 'none of its headings names a class, and those of another table do' : null
}

/** `train.csv` and `test.csv`: the part that the name of each states, when there are tables of several parts. One
 *  alone says only which images have labels. */
function splitsOfTables(tables: readonly TableReading[]): ReadonlyMap<string, PlannedSplit> {
  const roles = new Map(
    tables.flatMap(({ path }) => {
      const role = tableRole(path)
      return role === null || role === 'unlabelled' ? [] : [[path, role] as const]
    }),
  )
  return new Set(roles.values()).size > 1 ? roles : new Map()
}

/** The same value in every row, a number, where other tables have words. */
function hasPlaceholders(one: TableReading, all: readonly TableReading[]): boolean {
  const valuesOf = ({ rows }: TableReading): Set<string> =>
    new Set([...rows.values()].flat().flatMap(({ labels }) => labels))
  const own = valuesOf(one)
  const [only] = own
  if (own.size !== 1 || !/^\d+(?:\.\d+)?$/.test(only!)) return false
  return all.some((other) => {
    const values = valuesOf(other)
    return other !== one && values.size > 1 && !values.has(only!)
  })
}

function together(rows: readonly { labels: readonly string[]; split: PlannedSplit }[]): FileLabel {
  const split = rows.find((row) => row.split !== null)?.split ?? null
  const several = rows.find(({ labels }) => labels.length > 1)
  if (several) return { kind: 'several', labels: several.labels, split }
  const labels = [...new Set(rows.flatMap((row) => row.labels))]
  const [label] = labels
  if (label === undefined) return { kind: 'none', split }
  return labels.length > 1 ? { kind: 'conflict', labels, split } : { kind: 'label', label, split }
}

function reasonUnused(
  { firstLine, missing, ambiguous }: TableReading,
  candidates: readonly (readonly (readonly string[])[])[],
  paths: readonly string[],
): string {
  const [rows] = candidates
  if (rows === undefined || rows.length === 0) return NO_COLUMNS
  const [first] = paths
  if (rows.length < 2 && rows[0]!.some((cell) => labelRank(cell) !== null))
    return 'it has a heading and no rows'
  if (rows[0]!.some((cell) => /^(?:pixels?[ _]?\d*|\d{1,3}x\d{1,3})$/i.test(cell.trim())))
    return 'it has the pixels of images, which are not read from a table: save the images as files'
  if (ambiguous.length > 0) return `each of its names, such as "${ambiguous[0]}", fits several files`
  const second = missing[0] ?? rows[1]?.[0]
  return (
    `it names none of these files: it begins with "${firstLine}"` +
    (second === undefined || second === '' ? '' : ` and "${second}"`) +
    (first === undefined ? '' : `, and the first file is "${first}"`)
  )
}
