/** Per class: how many of it were found, and how many of the answers were right. */
import type { Card } from '#lib/contracts/bundle.ts'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Table } from '#lib/ui/table.tsx'

type Rows = NonNullable<Card['test']>['per_class']

export function PerClassTable({ rows }: { readonly rows: Rows }) {
  const share = (value: number | null) => (value === null ? '–' : <FigureNumber share={value} />)
  return (
    <Table
      caption={
        'Precision: of the answers with this class, the share that was right. Recall: of its pictures, ' +
        'the share that was found. F1 weighs both.'
      }
      rows={rows}
      keyOf={(row) => row.class}
      columns={[
        { name: 'Class', cell: (row) => row.class },
        { name: 'Pictures', isNumeric: true, cell: (row) => row.images.toLocaleString('en-GB') },
        { name: 'Precision', isNumeric: true, cell: (row) => share(row.precision) },
        { name: 'Recall', isNumeric: true, cell: (row) => share(row.recall) },
        { name: 'F1', isNumeric: true, cell: (row) => share(row.f1) },
      ]}
    />
  )
}
