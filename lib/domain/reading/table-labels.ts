/** All label tables of a set together: the labels of each file, the part it belongs to, and what is to be reported.
 *  Pure. */
import type { Choice, Doubt } from './choices.ts'
import { fileIndex } from './file-names.ts'
import type { PlannedSplit } from './folder-reading.ts'
import { rowsOfJson } from './label-json.ts'
import { readTable, type TableReading } from './label-table.ts'
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
const ENCODING_NAMES: Readonly<Record<CharacterSet, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'windows-1252': 'Windows-1252',
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
  const real = read.filter((one) => {
    const isPlaceholder = PLACEHOLDER_NAME.test(nameOf(one.path)) || hasPlaceholders(one, read)
    if (isPlaceholder) unused.set(one.path, 'it is a form for predictions, without labels')
    return !isPlaceholder
  })
  const labels = new Map<string, FileLabel>()
  const rows = new Map<string, { labels: readonly string[]; split: PlannedSplit }[]>()
  for (const one of real)
    for (const [path, found] of one.rows) {
      const known = rows.get(path)
      if (known === undefined) rows.set(path, [...found])
      else for (const row of found) known.push(row)
    }
  for (const [path, found] of rows) labels.set(path, together(found))
  const used = new Set(real.map(({ path }) => path))
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
      notes.push(`${path} was read as ${ENCODING_NAMES[guessedEncoding]}, which is a guess.`)
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
function candidatesOf(table: TableText): readonly TableRows[] | null {
  const known = parsed.get(table)
  if (known !== undefined) return known
  const json = rowsOfJson(table.text)
  const isJson = /\.(?:jsonl?|ndjson)$/i.test(table.path)
  const unlabelled = isJson ? null : tablesIn(table.text)
  const candidates = json === null ? unlabelled : [json]
  parsed.set(table, candidates)
  return candidates
}

const nameOf = (path: string): string => path.split('/').at(-1) ?? path

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
  { firstLine, missing }: TableReading,
  candidates: readonly (readonly (readonly string[])[])[],
  paths: readonly string[],
): string {
  const [rows] = candidates
  if (rows === undefined || rows.length === 0) return 'it is not a table with several columns'
  const [first] = paths
  if (rows.length < 2 && rows[0]!.some((cell) => labelRank(cell) !== null))
    return 'it has a heading and no rows'
  const second = missing[0] ?? rows[1]?.[0]
  return (
    `it names none of these files: it begins with "${firstLine}"` +
    (second === undefined || second === '' ? '' : ` and "${second}"`) +
    (first === undefined ? '' : `, and the first file is "${first}"`)
  )
}
