/** Figures of a benchmark next to their targets, as a table or as JSON. It measures and judges nothing. */
import { machineName } from '../terminal/machine-name.ts'
import type { Lines } from '../terminal/progress-line.ts'

export type FigureRow = {
  readonly what: string
  readonly figure: string
  readonly wanted: string
  readonly isMet: boolean
}

/** A table on the lines of the terminal; with `isJson`, one object with `more` on standard output.
 *  @returns the exit code: 1 if a target is missed */
export function printRows(
  rows: readonly FigureRow[],
  { lines, isJson, more }: { readonly lines: Lines; readonly isJson: boolean; readonly more: object },
): number {
  if (isJson) console.log(JSON.stringify({ machine: machineName(), ...more, rows }, null, 1))
  else
    lines.line(
      [
        machineName(),
        '',
        '| what | figure | wanted | |',
        '|---|--:|--:|---|',
        ...rows.map(
          (row) => `| ${row.what} | ${row.figure} | ${row.wanted} | ${row.isMet ? 'met' : 'MISSED'} |`,
        ),
      ].join('\n'),
    )
  return rows.every(({ isMet }) => isMet) ? 0 : 1
}
