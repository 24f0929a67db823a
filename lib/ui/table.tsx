/** Rows and columns that stay readable at 360 pixels: as cards or as two lines where each row is one thing,
 *  scrolling within where columns are compared. */
import type { ReactNode } from 'react'

export type Column<Row> = {
  readonly name: string
  readonly cell: (row: Row) => ReactNode
  readonly isNumeric?: boolean
  /** Where it stands on a phone in the variant `lines`; the first line where it is left out. `none`: for wide
   *  screens only, so it must be found elsewhere too. */
  readonly line?: 'beside' | 'first' | 'second' | 'none'
}

type TableProps<Row> = {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly variant?: 'cards' | 'lines' | 'scroll'
  readonly isCaptionHidden?: boolean
}

/** The first column names its row. Scrolling frames can be reached by keyboard. */
export function Table<Row>({
  caption,
  columns,
  rows,
  keyOf,
  variant = 'scroll',
  isCaptionHidden = false,
}: TableProps<Row>) {
  return (
    <div className="table-frame" role="region" aria-label={caption} tabIndex={0}>
      <table className="table" data-variant={variant}>
        <caption className={isCaptionHidden ? 'sr-only' : undefined}>
          <span>{caption}</span>
        </caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.name} scope="col" data-numeric={column.isNumeric}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column, i) =>
                i === 0 ? (
                  <th key={column.name} scope="row" data-numeric={column.isNumeric} data-line={column.line}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td
                    key={column.name}
                    data-numeric={column.isNumeric}
                    data-line={column.line}
                    data-label={column.name}
                  >
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
