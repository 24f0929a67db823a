/** Precision, recall and F1 of each class. */
import type { Card } from '#lib/contracts/bundle.ts'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Table } from '#lib/ui/table.tsx'

type Rows = NonNullable<Card['test']>['per_class']

const CAPTION =
  'Precision: share of predictions of this class that were correct. Recall: share of its images that were ' +
  'recognised. F1: harmonic mean of both.'

export function PerClassTable({ rows }: { readonly rows: Rows }) {
  const share = (value: number | null) => (value === null ? '–' : <FigureNumber share={value} />)
  return (
    <Table
      caption={CAPTION}
      rows={rows}
      keyOf={(row) => row.class}
      columns={[
        { name: 'Class', cell: (row) => row.class },
        { name: 'Images', isNumeric: true, cell: (row) => <FigureNumber count={row.images} /> },
        { name: 'Precision', isNumeric: true, cell: (row) => share(row.precision) },
        { name: 'Recall', isNumeric: true, cell: (row) => share(row.recall) },
        { name: 'F1', isNumeric: true, cell: (row) => share(row.f1) },
      ]}
    />
  )
}
