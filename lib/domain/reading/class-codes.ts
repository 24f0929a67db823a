/** Names of classes that a set writes as numbers or as identifiers of WordNet: a file such as `classes.txt`,
 *  `words.txt` or `label_map.json` has them. Pure. */
import type { Choice, Doubt } from './choices.ts'
import { listed } from './listed.ts'
import type { TableRows } from './table-text.ts'

/** A table or list that names no file of the set. */
export type UnusedText = {
  readonly path: string
  readonly text: string
  readonly rows: readonly TableRows[]
}
export type ClassCodes = {
  readonly nameOf: (label: string) => string
  /** The file that has the names. */
  readonly path: string | null
  readonly notes: readonly string[]
  readonly doubts: readonly Doubt[]
}

const AS_THEY_ARE: ClassCodes = { nameOf: (label) => label, path: null, notes: [], doubts: [] }
const WORDNET = /^n\d{8}$/
/** More classes than ImageNet-21k are not looked up. */
const MOST_CODES = 25_000

/** Whether all classes are codes; otherwise there is nothing to look up. */
const areCodes = (labels: readonly string[]): boolean =>
  labels.length > 1 &&
  labels.length <= MOST_CODES &&
  (labels.every((label) => /^\d{1,5}$/.test(label)) || labels.every((label) => WORDNET.test(label)))

export function classCodes(
  labels: readonly string[],
  texts: readonly UnusedText[],
  choices: readonly Choice[],
): ClassCodes {
  if (!areCodes(labels)) return AS_THEY_ARE
  for (const { path, text, rows } of texts) {
    const names = namesIn(labels, { path, text, rows })
    if (names === null) continue
    const doubt = (choice: Choice): readonly Doubt[] => [
      { choice, why: `names for the classes ${listed(labels.slice(0, 3))} are in ${path}` },
    ]
    if (choices.lastIndexOf('class-codes') > choices.lastIndexOf('class-names'))
      return { ...AS_THEY_ARE, path, doubts: doubt('class-names') }
    const [first] = labels
    return {
      nameOf: (label) => names.get(label) ?? label,
      path,
      notes: [`The names of the classes are from ${path}: ${first} is "${names.get(first!)}".`],
      doubts: doubt('class-codes'),
    }
  }
  return AS_THEY_ARE
}

/** Null: the text does not have a name for each of them. */
function namesIn(
  labels: readonly string[],
  { path, text, rows }: UnusedText,
): ReadonlyMap<string, string> | null {
  const found = [...rows.map(pairsIn), ...linesIn(path, text)]
    .flatMap((pairs) => [pairs, pairs.map(([a, b]) => [b, a] as const)])
    .map((pairs) => new Map(pairs.map(([code, name]) => [plainCode(code), name.trim()])))
    .find((names) => areNamed(labels, names))
  return found === undefined ? null : shortened(labels, found)
}

/** `00` and `0` are the same number. */
const plainCode = (code: string): string => code.trim().replace(/^0+(?=\d)/, '')

function areNamed(labels: readonly string[], names: ReadonlyMap<string, string>): boolean {
  const own = labels.map((label) => names.get(plainCode(label)) ?? '')
  return own.every((name) => /\p{L}/u.test(name) && !WORDNET.test(name)) && new Set(own).size === own.length
}

/** Of the synonyms of WordNet the first, unless two classes share it. */
function shortened(
  labels: readonly string[],
  names: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const all = new Map(labels.map((label) => [label, names.get(plainCode(label))!]))
  if (!WORDNET.test(labels[0]!)) return all
  const first = new Map([...all].map(([label, name]) => [label, name.split(',')[0]!.trim()]))
  return new Set(first.values()).size === first.size ? first : all
}

type Pairs = readonly (readonly [code: string, name: string])[]

/** The first cell with the next one that is not a number, of each row: `0,"cat"`; or a cell that is a list. */
const pairsIn = (rows: TableRows): Pairs =>
  rows.flatMap((row) => {
    const cells = row.flatMap(cellsIn)
    const name = cells.slice(1).find((cell) => /\p{L}/u.test(cell) && !WORDNET.test(cell)) ?? cells[1]
    return name === undefined ? [] : [[cells[0]!, name] as const]
  })

function cellsIn(cell: string): readonly string[] {
  if (!cell.startsWith('[')) return [cell]
  try {
    const value: unknown = JSON.parse(cell)
    return Array.isArray(value) ? value.map(String) : [cell]
  } catch {
    return [cell]
  }
}

/** `n01440764 tench, Tinca tinca` in each line; and a name in each line of a file that is called so, numbered from 0 or
 *  from 1. */
function linesIn(path: string, text: string): readonly Pairs[] {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '')
  if (lines.length > MOST_CODES * 4) return []
  const spaced = lines.flatMap((line) => {
    const found = /^\s*(\S+)\s+(\S.*)$/.exec(line)
    return found === null ? [] : [[found[1]!, found[2]!] as const]
  })
  const isList = /(?:class|label|name|categor|synset|obj)[^/]*$/i.test(path)
  const from = (start: number): Pairs => lines.map((line, i) => [String(i + start), line.trim()] as const)
  return [spaced, ...(isList ? [from(0), from(1)] : [])]
}
