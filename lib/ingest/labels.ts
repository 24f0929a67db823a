/** The class of each file, from the labels sent with it: one label, a list, a table, or folders. Pure;
 *  it opens no image. */
import { className } from '#lib/contracts/fields.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { visible } from '#lib/domain/visible-text.ts'
import { layoutOf } from './readers/class-folders.ts'

/** The label information next to the files. `labels` are the values of that field, in order; `table` the text of
 *  a labels CSV. */
export type LabelSources = {
  readonly label: string | null
  readonly labels: readonly string[]
  readonly table: string | null
}

export type LabelResult =
  | { readonly label: string; readonly split: 'train' | 'test' | null }
  | { readonly label: null; readonly why: string }

/** A class name as it is stored, in the spelling of an existing class; null when it is not a valid
 *  name. */
export function classNameOf(typed: string, classes: readonly string[]): string | null {
  const name = className.safeParse(typed.normalize('NFC').replace(/[^\S\p{Cc}]+/gu, ' ')).data
  if (name === undefined) return null
  const folded = name.toLowerCase()
  return (
    classes.find((c) => c === name) ??
    classes.find((c) => c.toLowerCase() === folded) ??
    classes.find((c) => visible(c).toLowerCase() === folded) ??
    name
  )
}

/** One result per path, in order. Throws 422 with both numbers when a list does not fit the files. */
export function labelsFor(paths: readonly string[], sources: LabelSources): readonly LabelResult[] {
  if (sources.labels.length > 0) return listed(paths, sources.labels)
  if (sources.label !== null && sources.label.trim() !== '')
    return paths.map(() => ({ label: sources.label!, split: null }))
  if (sources.table !== null) return tabled(paths, sources.table)
  return foldered(paths)
}

function listed(paths: readonly string[], fields: readonly string[]): readonly LabelResult[] {
  const labels = listOf(fields, paths.length)
  if (labels.length !== paths.length)
    throw mismatch(
      labels.length,
      paths.length,
      'Send one label per file, in the same order, or one `label` for all.',
    )
  return labels.map((label) => ({ label, split: null }))
}

/** The field repeated for each file; or once, with a JSON array or a list with commas. */
function listOf(fields: readonly string[], files: number): readonly string[] {
  const only = fields.length === 1 ? fields[0]!.trim() : ''
  if (only.startsWith('[')) return jsonList(only)
  if (fields.length === files || fields.length > 1) return fields
  return only.split(',').map((label) => label.trim())
}

function jsonList(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value) && value.every((v) => typeof v === 'string' || typeof v === 'number'))
      return value.map(String)
  } catch {
    // refused below, like a list of other values
  }
  throw new DarkroomError(
    'invalid_input',
    {
      what: 'The labels cannot be read',
      why: '`labels` starts like JSON but is not a list of strings',
      remedy: 'Send ["cat", "dog"], or "cat,dog".',
    },
    { errors: [{ path: 'labels', message: 'must be a list of strings' }] },
  )
}

function tabled(paths: readonly string[], table: string): readonly LabelResult[] {
  const labels = readTable(table)
  return paths.map((path) => {
    const label = labels.get(keyOf(path)) ?? labels.get(keyOf(path.split('/').at(-1)!))
    return label === undefined
      ? { label: null, why: 'the label table does not list it' }
      : { label, split: null }
  })
}

function foldered(paths: readonly string[]): readonly LabelResult[] {
  const layout = layoutOf(paths)
  if (paths.length > 0 && layout.classes.length === 0)
    throw mismatch(
      0,
      paths.length,
      'Send one `label` for all files, one of `labels` for each, or files in class folders.',
    )
  return paths.map((path) => {
    const place = layout.placeOf(path)
    return place.kind === 'image'
      ? { label: place.label, split: place.split }
      : { label: null, why: place.reason }
  })
}

/** Rows that name no file of this upload. */
export function unusedRows(paths: readonly string[], table: string): readonly string[] {
  const here = new Set(paths.flatMap((path) => [keyOf(path), keyOf(path.split('/').at(-1)!)]))
  return [...readTable(table).keys()].filter((name) => !here.has(name))
}

const keyOf = (path: string): string =>
  visible(path)
    .trim()
    .replaceAll('\\', '/')
    .replace(/^(?:\.\/)+/, '')
    .normalize('NFC')

/** `filename,label`, with or without that heading; commas, semicolons or tabs; quotes as in RFC 4180. */
export function readTable(text: string): ReadonlyMap<string, string> {
  const clean = text.replace(/^\uFEFF/, '')
  const first = clean.split(/\r?\n/, 1)[0] ?? ''
  const separator = [',', ';', '\t'].find((s) => first.includes(s))
  if (separator === undefined) throw badTable('its first line has one column')
  const rows = rowsOf(clean, separator).filter((row) => row.some((cell) => cell.trim() !== ''))
  const heading = rows[0]!.map((cell) => cell.trim().toLowerCase())
  const nameAt = heading.findIndex((cell) => ['filename', 'file', 'image', 'path', 'name'].includes(cell))
  const labelAt = heading.findIndex((cell) => ['label', 'class', 'category'].includes(cell))
  const hasHeading = nameAt >= 0 && labelAt >= 0
  const [n, l] = hasHeading ? [nameAt, labelAt] : [0, 1]
  const labels = new Map<string, string>()
  for (const row of hasHeading ? rows.slice(1) : rows) {
    const name = row[n]?.trim() ?? ''
    const label = row[l]?.trim() ?? ''
    if (name !== '' && label !== '') labels.set(keyOf(name), label)
  }
  if (labels.size === 0) throw badTable('it lists no file with a label')
  return labels
}

function rowsOf(text: string, separator: string): string[][] {
  const rows: string[][] = [['']]
  let isQuoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    const row = rows.at(-1)!
    if (isQuoted) {
      if (c !== '"') row[row.length - 1] += c
      else if (text[i + 1] === '"') row[row.length - 1] += text[++i]!
      else isQuoted = false
    } else if (c === '"' && row.at(-1)!.trim() === '') {
      isQuoted = true
      row[row.length - 1] = ''
    } else if (c === separator) row.push('')
    else if (c === '\n') rows.push([''])
    else if (c !== '\r') row[row.length - 1] += c
  }
  return rows
}

const mismatch = (labels: number, files: number, remedy: string): DarkroomError =>
  new DarkroomError(
    'labels_do_not_match',
    {
      what: 'The labels do not match the files',
      why:
        `there ${labels === 1 ? 'is 1 label' : `are ${labels} labels`} for ` +
        `${files === 1 ? '1 file' : `${files} files`}`,
      remedy,
    },
    { members: { labels, files } },
  )

const badTable = (why: string): DarkroomError =>
  new DarkroomError(
    'invalid_input',
    {
      what: 'The label table cannot be read',
      why,
      remedy: 'Send a CSV with the columns filename,label.',
    },
    { errors: [{ path: 'labels', message: why }] },
  )
