/** One line of a CSV file (RFC 4180). It knows no file and no encoding. */

export const csvLine = (cells: readonly (string | number | null)[]): string =>
  `${cells.map(cellOf).join(',')}\r\n`

/** Where a spreadsheet may start a cell: at the start, and after the cell separators of its own locale,
 *  whatever quotes say. */
const CELL_START =
  /(^|[;\t\r\n])((?:[^\S\t\r\n]|["\p{Default_Ignorable_Code_Point}])*)([^\s"\p{Default_Ignorable_Code_Point}])/gu
const FORMULA: readonly string[] = ['=', '+', '-', '@', '\u2212']

function cellOf(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const harmless = withoutFormulas(value)
  return /[",;\t\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/** Makes text of what a spreadsheet would evaluate, by an apostrophe: also full-width and small forms, which
 *  some treat as the same, and a leading tab or line end. */
function withoutFormulas(value: string): string {
  const text = value.replace(CELL_START, (all, separator: string, space: string, first: string) =>
    FORMULA.includes(first.normalize('NFKC')) ? `${separator}'${space}${first}` : all,
  )
  return /^[\t\r\n]/.test(text) ? `'${text}` : text
}
