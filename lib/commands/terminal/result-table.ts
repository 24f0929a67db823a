/** A Markdown table of checks: what was done, expected and measured, and whether it holds. */

export type ResultRow = {
  readonly what: string
  readonly expected: string
  readonly measured: string
  readonly holds: boolean
  /** The group that it belongs to; the table has a column for it if one row has one. */
  readonly scenario?: string
}

export function resultTable(rows: readonly ResultRow[]): string {
  const hasScenarios = rows.some(({ scenario }) => scenario !== undefined)
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const group = (name: string): readonly string[] => (hasScenarios ? [name] : [])
  return [
    '',
    line([...group('scenario'), 'action', 'expected', 'measured', 'result']),
    `|${'---|'.repeat(hasScenarios ? 5 : 4)}`,
    ...rows.map(({ scenario, what, expected, measured, holds }) =>
      line([
        ...[...group(scenario ?? ''), what, expected, measured].map((text) => text.replaceAll('|', '\\|')),
        holds ? 'holds' : '**FAILS**',
      ]),
    ),
    '',
  ].join('\n')
}
