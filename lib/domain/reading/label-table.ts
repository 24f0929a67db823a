/** The labels in a table: which column names files, which has the classes, one column per class, the part of the
 *  set. Decided by headings and by what the cells match. Pure; table-text.ts makes the rows. */
import type { Choice, Doubt } from './choices.ts'
import type { FileIndex } from './file-names.ts'
import { folderOf } from './folder-tree.ts'
import type { PlannedSplit } from './folder-reading.ts'
import { partOf } from './split-names.ts'
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
  const read = table.candidates
    .slice(0, 2)
    .map((rows) => readRows(rows, { path: table.path, folder, index, choices }))
  return (
    read.toSorted((a, b) => b.rows.size - a.rows.size)[0] ?? {
      path: table.path,
      rows: new Map(),
      missing: [],
      ambiguous: [],
      firstLine: '',
      isRecognised: false,
      doubts: [],
    }
  )
}

type Context = {
  readonly path: string
  readonly folder: string
  readonly index: FileIndex
  readonly choices: readonly Choice[]
}

function readRows(rows: TableRows, { path, folder, index, choices }: Context): TableReading {
  const nameAt = nameColumn(rows, folder, index)
  const heading = rows[0]?.map((cell) => cell.trim()) ?? []
  const isHeading = hasHeading(rows, nameAt, (name) => index.find(name, folder).kind !== 'none')
  const body = isHeading ? rows.slice(1) : rows
  const columns = labelColumns({ heading: isHeading ? heading : [], body, nameAt, choices })
  const partAt = isHeading ? partColumn(heading, body) : -1
  const found = new Map<string, RowLabel[]>()
  const missing: string[] = []
  const ambiguous: string[] = []
  for (const row of body) {
    const name = row[nameAt]?.trim() ?? ''
    if (name === '') continue
    const match = index.find(name, folder)
    if (match.kind === 'none') missing.push(name)
    else if (match.kind === 'several') ambiguous.push(name)
    else {
      const label = { labels: columns.labelsOf(row), split: partAt < 0 ? null : splitOf(row[partAt]) }
      const known = found.get(match.path)
      if (known) known.push(label)
      else found.set(match.path, [label])
    }
  }
  const { isRecognised, doubts } = columns satisfies LabelColumns
  return { path, rows: found, missing, ambiguous, firstLine: heading.join(', '), isRecognised, doubts }
}

/** The column whose cells name most files; among equals the one with the closer names, then by its heading. */
function nameColumn(rows: TableRows, folder: string, index: FileIndex): number {
  const sample = rows.slice(0, SAMPLE_ROWS)
  const width = Math.min(MOST_COLUMNS, Math.max(0, ...sample.map(({ length }) => length)))
  let best = { column: 0, score: -1 }
  for (let column = 0; column < width; column++) {
    let score = 0
    const files = new Set<string>()
    for (const row of sample) {
      const match = index.find(row[column] ?? '', folder)
      if (match.kind === 'none') continue
      score += match.kind === 'file' ? 1 - match.distance / 20 : 0.5
      files.add(match.kind === 'file' ? match.path : (row[column] ?? ''))
    }
    // A column of classes may match files, but the same ones again and again.
    const rank = nameRank(rows[0]?.[column] ?? '')
    const own = Math.min(score, files.size) + (rank === null ? 0 : 0.4 - rank / 1000)
    if (own > best.score) best = { column, score: own }
  }
  return best.column
}

function hasHeading(rows: TableRows, nameAt: number, names: (name: string) => boolean): boolean {
  const first = rows[0] ?? []
  const cell = first[nameAt]?.trim() ?? ''
  if (!names(cell)) return rows.length > 1 || nameRank(cell) !== null
  return (
    nameRank(cell) !== null && rows.length > 1 && new Set(first).size === first.length && !cell.includes('.')
  )
}

function partColumn(heading: readonly string[], body: TableRows): number {
  return heading.findIndex((name, column) => {
    if (!isPartHeading(name)) return false
    const cells = body.map((row) => row[column]?.trim() ?? '').filter((cell) => cell !== '')
    return cells.length > 0 && cells.filter((cell) => partOf(cell) !== null).length >= 0.8 * cells.length
  })
}

function splitOf(cell: string | undefined): PlannedSplit {
  const role = cell === undefined ? undefined : partOf(cell)?.role
  return role === undefined || role === 'unlabelled' ? null : role
}
