/** The table of `npm run bench -- history`: one line for each list, one column for each database. */

export type HistoryRow = { readonly database: string; readonly what: string; readonly ms: number }

export function historyTable(rows: readonly HistoryRow[]): string {
  const databases = [...new Set(rows.map(({ database }) => database))]
  const lists = [...new Set(rows.map(({ what }) => what))]
  const cell = (what: string, database: string): string => {
    const ms = rows.find((row) => row.what === what && row.database === database)?.ms
    return ms === undefined ? '–' : ms.toLocaleString('en', { maximumSignificantDigits: 3 })
  }
  return [
    `| list of 50 | ${databases.map((name) => `${name}, ms`).join(' | ')} |`,
    `|---|${databases.map(() => '--:').join('|')}|`,
    ...lists.map((what) => `| ${what} | ${databases.map((database) => cell(what, database)).join(' | ')} |`),
  ].join('\n')
}
