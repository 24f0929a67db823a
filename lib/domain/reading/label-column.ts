/** The column of a table that has the classes, or the columns of which each is a class. Pure. */
import type { Choice, Doubt } from './choices.ts'
import { partOf } from './split-names.ts'
import { isOtherHeading, isPartHeading, labelRank } from './table-headings.ts'
import type { TableRows } from './table-text.ts'

export type LabelColumns = {
  /** None: the row has no label; several: it names several classes. */
  readonly labelsOf: (row: readonly string[]) => readonly string[]
  readonly isRecognised: boolean
  readonly doubts: readonly Doubt[]
}

/** At least this share of the rows of one-column-per-class tables marks exactly one class. */
const ONE_MARK_SHARE = 0.2
const NO_LABELS: LabelColumns = { labelsOf: () => [], isRecognised: false, doubts: [] }

type Table = {
  /** Empty: the table has no heading. */
  readonly heading: readonly string[]
  readonly body: TableRows
  readonly nameAt: number
  /** The column with the parts of the set, if there is one. */
  readonly partAt: number | undefined
  readonly choices: readonly Choice[]
}

/** Without commas, which separate choices in a reading. */
const columnChoice = (heading: string): Choice => `column:${heading.replaceAll(',', ' ').trim()}`

export function labelColumns({ heading, body, nameAt, partAt, choices }: Table): LabelColumns {
  const width = Math.max(heading.length, ...body.slice(0, 300).map(({ length }) => length))
  const others = Array.from({ length: width }, (_, column) => column).filter(
    (column) => column !== nameAt && column !== partAt,
  )
  const chosen = others.find((column) => choices.includes(columnChoice(heading[column] ?? '')))
  const named = others
    .flatMap((column) => {
      const rank = labelRank(heading[column] ?? '')
      return rank === null ? [] : [{ column, rank, isNumber: isMostly(body, column, isNumber) }]
    })
    .toSorted((a, b) => Number(a.isNumber) - Number(b.isNumber) || a.rank - b.rank)
    .map(({ column }) => column)
    .filter((column) => hasLabels(body, column))
  const marks = named.length > 0 ? [] : markColumns(heading, body, others)
  if (chosen === undefined && marks.length > 1)
    return {
      labelsOf: (row) => marked(row, marks, classNames(heading, marks)),
      isRecognised: true,
      doubts: [],
    }
  const shares = named.length > 0 || chosen !== undefined ? [] : shareColumns(heading, body, others)
  if (shares.length > 1)
    return {
      labelsOf: (row) => likeliest(row, shares, classNames(heading, shares)),
      isRecognised: true,
      doubts: [],
    }
  const likely = named.length > 0 ? named : likelyColumns({ heading, body }, others)
  const column = chosen ?? likely[0]
  if (column === undefined) return NO_LABELS
  const doubts = likely
    .filter((other) => other !== likely[0] && heading[other] !== undefined && heading[other] !== '')
    .filter((other) => !isOtherHeading(heading[other]!) && valuesOf(body, other).size > 1)
    .filter((other) => !saysTheSame(body, likely[0]!, other))
    .map((other): Doubt => ({
      choice: columnChoice(heading[other]!),
      why: `"${heading[likely[0]!]}" and "${heading[other]}" may both be the class`,
    }))
  return { labelsOf: labelsOfColumn(body, column), isRecognised: named.length > 0, doubts }
}

const hasLabels = (body: TableRows, column: number): boolean =>
  body.some((row) => labelsIn(row[column] ?? '').length > 0)

const valuesOf = (body: TableRows, column: number): ReadonlySet<string> =>
  new Set(body.map((row) => row[column]?.trim() ?? '').filter((cell) => cell !== ''))

/** `1.0` of a number that a program has widened, and `cat|dog` or `cat dog` where other rows have each alone. */
function labelsOfColumn(body: TableRows, column: number): (row: readonly string[]) => readonly string[] {
  const values = valuesOf(body, column)
  const areWhole = values.size > 0 && [...values].every((cell) => isMissing(cell) || /^-?\d+\.0+$/.test(cell))
  const several = (label: string): readonly string[] => {
    for (const sign of [/[|;,]/, /\s+/]) {
      const parts = label.split(sign).map((part) => part.trim())
      if (parts.length > 1 && parts.every((part) => values.has(part))) return [...new Set(parts)]
    }
    return [label]
  }
  return (row) =>
    labelsIn(row[column] ?? '').flatMap((label) => (areWhole ? [label.replace(/\.0+$/, '')] : several(label)))
}

/** As programs write a cell without a value. "None" and "NA" may be classes. */
const isMissing = (cell: string): boolean => /^(?:nan|null|<na>|#n\/a|undefined)$/i.test(cell)

/** A cell may be a list or an object in JSON: `["cat"]`, `{"choices": ["a", "b"]}`, `{"tagName": "cat"}`. */
export function labelsIn(cell: string): readonly string[] {
  const text = unquoted(cell.trim())
  if (text === '' || isMissing(text)) return []
  if (!/^[[{]/.test(text)) return [text]
  try {
    const labels = labelsOfValue(JSON.parse(text)) ?? [] // it is data, and no name of a class
    return [...new Set(labels)].filter((one) => one.trim() !== '')
  } catch {
    // a name may begin with a bracket
  }
  return [text]
}

/** `'cat'` as R and Python write it, and `="cat"` as it is written for Excel. */
function unquoted(text: string): string {
  const quoted = /^(?:'([^']*)'|="([^"]*)")$/.exec(text)
  return quoted === null ? text : (quoted[1] ?? quoted[2] ?? '').trim()
}

/** The keys under which tools write the class of an image, likeliest first. */
const LABEL_KEYS = [
  'choices',
  'taxonomy',
  'labels',
  'tagName',
  'displayName',
  'class-name',
  'className',
  'class_name',
  'label',
  'class',
  'name',
]

/** Null: it names no class in a known form. */
function labelsOfValue(value: unknown): readonly string[] | null {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)]
  if (Array.isArray(value)) {
    const each = value.map(labelsOfValue)
    return each.some((one) => one === null) ? null : each.flatMap((one) => one ?? [])
  }
  if (typeof value !== 'object' || value === null) return null
  const entries = Object.entries(value)
  const known = LABEL_KEYS.map((key) => entries.find(([name]) => name === key)).find(
    (one) => one !== undefined,
  )
  const [, named] = known ?? (entries.length === 1 ? entries[0]! : ['', entries.length === 0 ? [] : null])
  return labelsOfValue(named)
}

const MARK = /^(?:1(?:\.0*)?|true|yes|y|x)$/i
const NO_MARK = /^(?:0(?:\.0*)?|-1(?:\.0*)?|false|no|n|-?)$/i

/** Columns of marks, when most rows have exactly one. */
function markColumns(
  heading: readonly string[],
  body: TableRows,
  others: readonly number[],
): readonly number[] {
  if (heading.length === 0) return []
  const marks = others.filter((column) => {
    const name = heading[column]?.trim() ?? ''
    if (name === '' || partOf(name)?.residue === '' || isPartHeading(name)) return false
    return body.every((row) => {
      const cell = row[column]?.trim() ?? ''
      return MARK.test(cell) || NO_MARK.test(cell)
    })
  })
  const single = body.filter(
    (row) => marks.filter((column) => MARK.test(row[column]?.trim() ?? '')).length === 1,
  )
  return single.length >= ONE_MARK_SHARE * body.length ? marks : []
}

type MarkNames = ReadonlyMap<number, string>

const marked = (row: readonly string[], marks: readonly number[], names: MarkNames): readonly string[] =>
  marks.filter((column) => MARK.test(row[column]?.trim() ?? '')).map((column) => names.get(column)!)

/** The headings, without the word for a class that all begin with: `label_cat`, `label_dog`. */
function classNames(heading: readonly string[], columns: readonly number[]): MarkNames {
  const names = columns.map((column) => heading[column]!.trim())
  const prefix = /^(?:label|class|category|target|is|has)[-_. ]+/i
  const areAll = names.every((name) => prefix.test(name) && name.replace(prefix, '') !== '')
  return new Map(columns.map((column, i) => [column, areAll ? names[i]!.replace(prefix, '') : names[i]!]))
}

/** So many rows have shares that together are one. */
const ONE_SUM_SHARE = 0.95
const SUM_TOLERANCE = 0.05

/** Columns of probabilities: a column per class whose numbers are together one in each row. */
function shareColumns(
  heading: readonly string[],
  body: TableRows,
  others: readonly number[],
): readonly number[] {
  if (heading.length === 0 || body.length === 0) return []
  const numberAt = (row: readonly string[], column: number): number => Number(row[column]?.trim() || NaN)
  const shares = others.filter(
    (column) =>
      (heading[column]?.trim() ?? '') !== '' &&
      !isOtherHeading(heading[column]!) &&
      body.every((row) => numberAt(row, column) >= 0 && numberAt(row, column) <= 1),
  )
  const sums = body.map((row) => shares.reduce((sum, column) => sum + numberAt(row, column), 0))
  const ones = sums.filter((sum) => Math.abs(sum - 1) <= SUM_TOLERANCE)
  return ones.length >= ONE_SUM_SHARE * body.length ? shares : []
}

/** The class with more than half of the row; none where no class has. */
const likeliest = (row: readonly string[], shares: readonly number[], names: MarkNames): readonly string[] =>
  shares.filter((column) => Number(row[column]?.trim()) > 0.5).map((column) => names.get(column)!)

/** Columns without a known heading whose values repeat: words before numbers, then from the left. */
function likelyColumns(
  { heading, body }: Pick<Table, 'heading' | 'body'>,
  others: readonly number[],
): readonly number[] {
  const possible = others.filter((column) => !isOtherHeading(heading[column] ?? ''))
  if (possible.length === 1 && others.length === 1) return possible
  return possible
    .filter((column) => !isPartHeading(heading[column] ?? '') && hasLabels(body, column))
    .map((column) => ({ column, ...factsOf(body, column) }))
    .filter(({ distinct, filled, isPlain }) => isPlain && distinct > 0 && distinct <= Math.max(1, filled / 2))
    .toSorted((a, b) => Number(a.isNumber) - Number(b.isNumber) || a.column - b.column)
    .map(({ column }) => column)
}

function factsOf(body: TableRows, column: number) {
  const cells = body.map((row) => row[column]?.trim() ?? '').filter((cell) => cell !== '')
  return {
    filled: cells.length,
    distinct: new Set(cells).size,
    isNumber: isMostly(body, column, isNumber),
    isPlain: !cells.some((cell) => cell.length > 200 || isDate(cell) || /^-?\d+\.\d+$/.test(cell)),
  }
}

const isNumber = (cell: string): boolean => /^-?\d+(?:\.\d+)?$/.test(cell)
const isDate = (cell: string): boolean => /^\d{4}-\d{2}-\d{2}/.test(cell)

function isMostly(body: TableRows, column: number, test: (cell: string) => boolean): boolean {
  const cells = body.map((row) => row[column]?.trim() ?? '').filter((cell) => cell !== '')
  return cells.length > 0 && cells.filter(test).length >= 0.9 * cells.length
}

/** Whether each value of one column goes with one value of the other: a class and its number. */
function saysTheSame(body: TableRows, a: number, b: number): boolean {
  const pairs = new Set(body.map((row) => `${row[a]?.trim()}\n${row[b]?.trim()}`))
  const distinct = (column: number): number => new Set(body.map((row) => row[column]?.trim())).size
  return pairs.size === distinct(a) && pairs.size === distinct(b)
}
