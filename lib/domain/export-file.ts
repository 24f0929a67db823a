/** Rows as a file of lines, CSV or JSON, made while it is sent, so that its length takes no memory. It reads no row. */
import { csvLine } from './text/csv.ts'

export type ExportRows<Row> = {
  readonly pages: AsyncIterable<readonly Row[]>
  /** The heads of the CSV file. */
  readonly columns: readonly string[]
  /** In the order of the columns. */
  readonly cellsOf: (row: Row) => readonly (string | number | null)[]
  /** What a line of JSON contains. */
  readonly objectOf: (row: Row) => unknown
}

/** @param name of the file, without its ending */
export const exportFile = <Row>(name: string, format: 'csv' | 'jsonl', rows: ExportRows<Row>) => ({
  bytes: bytesOf(format, rows),
  mediaType: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8',
  filename: `${name}.${format}`,
  isImmutable: false,
})

async function* bytesOf<Row>(
  format: 'csv' | 'jsonl',
  { pages, columns, cellsOf, objectOf }: ExportRows<Row>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  const lineOf = (row: Row): string =>
    format === 'csv' ? csvLine(cellsOf(row)) : `${JSON.stringify(objectOf(row))}\n`
  if (format === 'csv') yield encoder.encode(csvLine(columns))
  for await (const page of pages) yield encoder.encode(page.map(lineOf).join(''))
}
