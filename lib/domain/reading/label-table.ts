/** The labels in a table: which column names files, which has the classes, one column per class, the part of the
 *  set. Decided by headings and by what the cells match. Pure; table-text.ts makes the rows. */
import type { Choice, Doubt } from './choices.ts'
import type { FileIndex, TablePlace } from './file-names.ts'
import { folderOf } from './folder-tree.ts'
import type { PlannedSplit } from './folder-reading.ts'
import { partOf, type PartRole } from './split-names.ts'
import { isPartHeading, nameRank } from './table-headings.ts'
import { labelColumns, type LabelColumns } from './label-column.ts'
import type { TableRows } from './table-text.ts'

export type RowLabel = { readonly labels: readonly string[]; readonly split: PlannedSplit }
export type TableReading = {
  readonly path: string
  /** By file; several labels of one file are a conflict between rows. */
  readonly rows: ReadonlyMap<string, readonly RowLabel[]>
  /** Names in the table that no file, or several files, have. */
  readonly missing: readonly string[]
  readonly ambiguous: readonly string[]
  readonly firstLine: string
  /** The heading of the labels is a known one, or there is one column per class. */
  readonly isRecognised: boolean
  readonly hasHeading: boolean
  readonly doubts: readonly Doubt[]
}

const SAMPLE_ROWS = 300
const MOST_COLUMNS = 60

export function readTable(
  table: { readonly path: string; readonly candidates: readonly TableRows[] },
  index: FileIndex,
  choices: readonly Choice[],
): TableReading {
  const folder = folderOf(table.path)
  const role = tableRole(table.path)
  const read = table.candidates
    .slice(0, 2)
    .map((rows) => readRows(rows, { path: table.path, place: { folder, role }, index, choices }))
  return (
    read.toSorted((a, b) => b.rows.size - a.rows.size)[0] ?? {
      path: table.path,
      rows: new Map(),
      missing: [],
      ambiguous: [],
      firstLine: '',
      isRecognised: false,
      hasHeading: false,
      doubts: [],
    }
  )
}

/** `train.csv`, `instances_val2017.json`. */
export function tableRole(path: string): PartRole | null {
  const name = (path.split('/').at(-1) ?? path).replace(/\.[a-z]+$/i, '')
  return partOf(name)?.role ?? null
}

type Context = {
  readonly path: string
  readonly place: TablePlace
  readonly index: FileIndex
  readonly choices: readonly Choice[]
}

function readRows(rows: TableRows, { path, place, index, choices }: Context): TableReading {
  const nameAt = nameColumn(rows, place, index)
  const heading = rows[0]?.map((cell) => cell.trim()) ?? []
  const isHeading = hasHeading(rows, nameAt, (name) => index.find(name, place).kind !== 'none')
  const body = isHeading ? rows.slice(1) : rows
  const part = isHeading ? partColumn(heading, body) : partColumnByCells(body, nameAt)
  const columns = labelColumns({
    heading: isHeading ? heading : [],
    body,
    nameAt,
    partAt: part?.column,
    choices,
  })
  const found = new Map<string, RowLabel[]>()
  const missing: string[] = []
  const ambiguous: string[] = []
  for (const row of body) {
    const name = row[nameAt]?.trim() ?? ''
    if (name === '') continue
    const match = index.find(name, place)
    if (match.kind === 'none') missing.push(name)
    else if (match.kind === 'several') ambiguous.push(name)
    else {
      const label = {
        labels: columns.labelsOf(row),
        split: part?.splitOf(row[part.column]?.trim() ?? '') ?? null,
      }
      const known = found.get(match.path)
      if (known) known.push(label)
      else found.set(match.path, [label])
    }
  }
  const { isRecognised, doubts } = columns satisfies LabelColumns
  const firstLine = heading.join(', ')
  return { path, rows: found, missing, ambiguous, firstLine, isRecognised, hasHeading: isHeading, doubts }
}

/** The column whose cells name most files; among equals the one with the closer names, then by its heading. */
function nameColumn(rows: TableRows, place: TablePlace, index: FileIndex): number {
  const sample = rows.slice(0, SAMPLE_ROWS)
  const width = Math.min(MOST_COLUMNS, Math.max(0, ...sample.map(({ length }) => length)))
  let best = { column: 0, score: -1 }
  const withFiles = Array.from({ length: width }, (_, column) => column).filter((column) =>
    namesFiles(sample, column),
  )
  // else they are masks or addresses, and a column such as `id` may name the images
  const isInSet = withFiles.some((column) =>
    sample.some((row) => index.find(row[column] ?? '', place).kind !== 'none'),
  )
  for (let column = 0; column < width; column++) {
    const rank = nameRank(rows[0]?.[column] ?? '')
    const mayName = withFiles.length === 0 || withFiles.includes(column) || (!isInSet && rank !== null)
    if (!mayName) continue
    let score = 0
    const files = new Set<string>()
    for (const row of sample) {
      const match = index.find(row[column] ?? '', place)
      if (match.kind === 'none') continue
      score += match.kind === 'file' ? 1 - match.distance / 20 : 0.5
      files.add(match.kind === 'file' ? match.path : (row[column] ?? ''))
    }
    // A column of classes may match files, but the same ones again and again.
    const own = Math.min(score, files.size) + (rank === null ? 0 : 0.4 - rank / 1000)
    if (own > best.score) best = { column, score: own }
  }
  return best.column
}

/** Where a column has names of image files, numbers in another one are no names. */
function namesFiles(rows: TableRows, column: number): boolean {
  const named = rows.filter((row) =>
    /\.(?:png|jpe?g|gif|bmp|webp|tiff?|avif|hei[cf])\W*$/i.test(row[column] ?? ''),
  )
  return named.length >= 0.8 * (rows.length - 1) && named.length > 0
}

function hasHeading(rows: TableRows, nameAt: number, names: (name: string) => boolean): boolean {
  const first = rows[0] ?? []
  const cell = first[nameAt]?.trim() ?? ''
  if (!names(cell)) return rows.length > 1 || nameRank(cell) !== null
  return (
    nameRank(cell) !== null && rows.length > 1 && new Set(first).size === first.length && !cell.includes('.')
  )
}

type PartColumn = { readonly column: number; readonly splitOf: (cell: string) => PlannedSplit }

function partColumn(heading: readonly string[], body: TableRows): PartColumn | null {
  for (const [column, name] of heading.entries()) {
    if (isPartHeading(name) && namesParts(body, column, (cell) => partOf(cell) !== null))
      return { column, splitOf }
    const role = markedPart(name)
    if (
      role !== null &&
      cellsOf(body, column).every((cell) => /^(?:[01](?:\.0)?|true|false|yes|no)$/i.test(cell))
    )
      return { column, splitOf: (cell) => markedSplit(role, /^(?:1|true|yes)/i.test(cell)) }
  }
  return null
}

/** `is_train`, with 1 or 0. */
function markedPart(heading: string): PartRole | null {
  const name = /^is[-_ ]?(.+)$/i.exec(heading.trim())
  const part = name === null ? null : partOf(name[1]!)
  return part === null || part.residue !== '' ? null : part.role
}

/** What is not for training is for the test, and the reverse. */
function markedSplit(role: PartRole, isMarked: boolean): PlannedSplit {
  if (role === 'unlabelled') return null
  if (isMarked) return role
  return role === 'train' ? 'test' : 'train'
}

/** Without a heading: a third column with nothing but names of parts. */
function partColumnByCells(body: TableRows, nameAt: number): PartColumn | null {
  const width = Math.max(0, ...body.slice(0, SAMPLE_ROWS).map(({ length }) => length))
  if (width < 3) return null
  const isPart = (cell: string): boolean => partOf(cell)?.residue === '' || /^unassigned$/i.test(cell)
  for (let column = 0; column < width; column++)
    if (column !== nameAt && namesParts(body, column, isPart)) return { column, splitOf }
  return null
}

function namesParts(body: TableRows, column: number, isPart: (cell: string) => boolean): boolean {
  const cells = cellsOf(body, column)
  return cells.length > 0 && cells.filter(isPart).length >= 0.8 * cells.length
}

const cellsOf = (body: TableRows, column: number): readonly string[] =>
  body.map((row) => row[column]?.trim() ?? '').filter((cell) => cell !== '')

function splitOf(cell: string): PlannedSplit {
  const role = partOf(cell)?.role
  return role === undefined || role === 'unlabelled' ? null : role
}
