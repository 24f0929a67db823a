/** A table that stays readable at 360 px, where each row is a card, two lines, or its name above its values. */
import type { ReactNode } from 'react'
import { ShowAll } from './show-all.tsx'

export type Column<Row> = {
  readonly name: string
  readonly cell: (row: Row) => ReactNode
  readonly isNumeric?: boolean
  /** Sentences: below their name on a phone in the variant `cards`, instead of next to it. */
  readonly isLong?: boolean
  /** Where the cell is on a phone in the variant `lines`; the first line by default. `none`: on wide screens
   *  only, so its content must be available elsewhere too. */
  readonly line?: 'leading' | 'first' | 'second' | 'none'
}

/** A longer list is folded there to its first eight rows (narrow-and-print.css). */
const MOST_ROWS_ON_PHONES = 10

type TableProps<Row> = {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly variant?: 'cards' | 'lines' | 'list'
  readonly hideCaption?: boolean
}

/** The first column is the row header. The scrolling frame can be focused with the keyboard. */
export function Table<Row>({
  caption,
  columns,
  rows,
  keyOf,
  variant = 'list',
  hideCaption = false,
}: TableProps<Row>) {
  const isCapped = rows.length > MOST_ROWS_ON_PHONES
  return (
    <>
      <div className="table-frame" role="region" aria-label={caption} tabIndex={0}>
        <table className="table" data-variant={variant}>
          <caption className={hideCaption ? 'sr-only' : undefined}>
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
                      data-long={column.isLong}
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
      {isCapped && <ShowAll count={rows.length} />}
    </>
  )
}
