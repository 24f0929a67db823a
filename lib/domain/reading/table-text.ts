/** The bytes of a label table as text, and text as rows. Pure; what the columns mean is in label-table.ts. */

import { guessTextPage, type TextPage } from './code-pages.ts'

export type CharacterSet = 'utf-8' | 'utf-16le' | 'utf-16be' | TextPage
export type DecodedText = {
  readonly text: string
  readonly encoding: CharacterSet
  readonly isGuess: boolean
}

/** By its byte order mark, else as UTF-16 if every second byte is zero, as UTF-8 if it is valid, and otherwise in the
 *  code page that fits its words best: Windows-1252 unless another fits better. */
export function decodeText(bytes: Uint8Array): DecodedText {
  const read = (encoding: CharacterSet, isGuess: boolean): DecodedText => ({
    text: new TextDecoder(encoding).decode(bytes),
    encoding,
    isGuess,
  })
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return read('utf-16le', false)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return read('utf-16be', false)
  const zeros = zerosIn(bytes.subarray(0, 4096))
  if (zeros.odd > 0.3) return read('utf-16le', true)
  if (zeros.even > 0.3) return read('utf-16be', true)
  try {
    return {
      text: new TextDecoder('utf-8', { fatal: true }).decode(bytes),
      encoding: 'utf-8',
      isGuess: false,
    }
  } catch {
    return read(guessTextPage(wordsBeyondAscii(bytes)), true)
  }
}

/** The words that decide the guess. */
const MOST_WORDS = 500
/** Longer ones are no words: a file without separators would be read in every code page, character by character. */
const LONGEST_WORD_BYTES = 200
const SEPARATING = new Set([...' ,;|\t\r\n"\'/.'].map((one) => one.charCodeAt(0)))

/** Cells, roughly, with a byte beyond ASCII: the second byte of a character may look like a separator in none of the
 *  pages, except for `|` in Shift-JIS, GBK and Big5, which ends at most a word too early. */
function wordsBeyondAscii(bytes: Uint8Array): readonly Uint8Array[] {
  const words: Uint8Array[] = []
  let from = 0
  let isBeyond = false
  for (let at = 0; at <= bytes.length && words.length < MOST_WORDS; at++) {
    const byte = bytes[at] ?? 10
    const isSecond = isBeyond && byte === 0x7c && (bytes[at - 1] ?? 0) >= 0x80
    if (!SEPARATING.has(byte) || isSecond) {
      isBeyond ||= byte >= 0x80
      continue
    }
    if (isBeyond && at - from <= LONGEST_WORD_BYTES) words.push(bytes.subarray(from, at))
    from = at + 1
    isBeyond = false
  }
  return words
}

/** The share of zeros among the bytes at even and at odd places. */
function zerosIn(bytes: Uint8Array): { even: number; odd: number } {
  const zeros = [0, 0]
  for (const [i, byte] of bytes.entries()) if (byte === 0) zeros[i % 2]! += 1
  const half = Math.max(1, bytes.length / 2)
  return { even: zeros[0]! / half, odd: zeros[1]! / half }
}

export type TableRows = readonly (readonly string[])[]

const SEPARATORS = [',', ';', '\t', '|'] as const
/** TableRows are compared by these, so that a large table is not parsed six times. */
const SAMPLE_ROWS = 2_000
/** A table of 200,000 files with 20 columns. More takes seconds, and a gigabyte. */
const MOST_CELLS = 4_000_000

/** Every way in which the text may be a table, the likeliest first: by a `sep=` line, else by how many rows have the
 *  same number of cells. Empty when it is no table. */
export function tablesIn(text: string): readonly TableRows[] {
  const clean = text.replace(/^\uFEFF/, '')
  const stated = /^"?sep=(.)"?[ \t]*(?:\r\n|\r|\n)/i.exec(clean)
  if (stated) return [rowsOf(clean.slice(stated[0].length), stated[1]!, Infinity)]
  const scored = SEPARATORS.filter((separator) => clean.includes(separator))
    .map((separator) => ({ separator, score: evenness(rowsOf(clean, separator, SAMPLE_ROWS)) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
  const tables = scored
    .map(({ separator }) => withoutTitle(rowsOf(clean, separator, Infinity)))
    .filter((rows) => rows.length > 0)
  return tables.length > 0 ? tables : [...byColons(clean), ...bySpaces(clean)]
}

const MOST_LINES = 1_000_000

/** Without the lines of one cell that some programs write before the heading. */
function withoutTitle(rows: TableRows): TableRows {
  const first = rows.findIndex(({ length }) => length > 1)
  return first > 0 && first <= MOST_TITLE_LINES ? rows.slice(first) : rows
}
const MOST_TITLE_LINES = 5

/** `1.jpg: cat`: a list with a colon after each file name. */
function byColons(text: string): readonly TableRows[] {
  const lines = text.split(/\r\n|\r|\n/, MOST_LINES + 1).filter((line) => line.trim() !== '')
  if (lines.length > MOST_LINES) return []
  const rows = lines.map((line) => {
    const end = /\.[a-z0-9]{2,5}["']? ?:/i.exec(line)
    const at = end === null ? -1 : end.index + end[0].length
    return at < 0 ? null : [line.slice(0, at - 1).trim(), line.slice(at).trim()]
  })
  const found = rows.filter((row) => row !== null)
  return found.length > 0 && found.length === rows.length ? [found] : []
}

/** `images/1.jpg 3`: a list whose columns are separated by spaces. */
function bySpaces(text: string): readonly TableRows[] {
  const lines = text.split(/\r\n|\r|\n/, MOST_LINES + 1)
  if (lines.length > MOST_LINES) return []
  const rows = lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => line.split(/\s+/))
  return evenness(rows) > 0.9 ? [rows] : []
}

/** The share of rows with the most common number of cells, when that is two or more. */
function evenness(rows: TableRows): number {
  const counts = new Map<number, number>()
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1)
  const [width, n] = [...counts].toSorted((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [0, 0]
  return width < 2 ? 0 : n / rows.length
}

/** Quotes as in RFC 4180; lines end with CR LF, LF or CR. Rows without text are left out. Empty for a text with too
 *  many cells. */
function rowsOf(text: string, separator: string, most: number): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let isBlank = true // the cell, and with it a row of one cell
  let hasText = false
  let isQuoted = false
  let cells = 0
  const endCell = (): void => {
    row.push(cell)
    hasText ||= !isBlank
    cell = ''
    isBlank = true
    cells += 1
  }
  const endRow = (): void => {
    endCell()
    if (hasText && !isRule(row)) rows.push(row)
    row = []
    hasText = false
  }
  for (let i = 0; i < text.length && rows.length < most && cells < MOST_CELLS; i++) {
    const c = text[i]!
    if (isQuoted) {
      if (c !== '"') {
        cell += c
        isBlank &&= isSpace(c)
      } else if (text[i + 1] === '"') {
        cell += text[++i]!
        isBlank = false
      } else isQuoted = false
    } else if (c === '"' && isBlank) {
      isQuoted = true
      cell = ''
    } else if (c === separator) endCell()
    else if (c === '\n' || c === '\r') {
      if (c === '\r' && text[i + 1] === '\n') i++
      endRow()
    } else {
      cell += c
      isBlank &&= isSpace(c)
    }
  }
  if (cells >= MOST_CELLS) return []
  if (rows.length < most) endRow()
  return rows
}

/** `|---|---|` below the heading of a table in Markdown. */
const isRule = (row: readonly string[]): boolean => row.every((cell) => /^ *:?(?:-{3,}:?)? *$/.test(cell))

const isSpace = (character: string): boolean => character.trim() === ''
