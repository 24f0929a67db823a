'use client'
/** A chart with a description in one sentence, and the same numbers as a table, CSV and PNG. The chart library
 *  is loaded when the first chart of a page comes into view. */
import { lazy, Suspense, useId, useRef, useState } from 'react'
import { Button } from './button.tsx'
import { visibleLabels, type ChartProps } from './chart-props.ts'
import { numberText } from './figure-number.tsx'
import { csvOf, saveFile } from './save-file.ts'
import { Skeleton } from './skeleton.tsx'
import { Table } from './table.tsx'
import { useIsInView } from './use-is-in-view.ts'

const ChartCanvas = lazy(() => import('./chart-canvas.tsx'))

export function Chart(props: ChartProps) {
  const [isTable, setIsTable] = useState(false)
  const frame = useRef<HTMLDivElement>(null)
  const titleId = useId()
  const Heading = props.level === 3 ? 'h3' : 'h2'
  const canDraw = useIsInView(frame) // which also means: in the browser, where the canvas and its colours exist
  const fileName = props.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  const saveCsv = () =>
    saveFile(
      `${fileName}.csv`,
      csvOf(
        [props.labelName, ...props.series.map((one) => one.name)],
        props.labels.map((label, i) => [label, ...props.series.map((one) => one.values[i] ?? null)]),
      ),
    )
  const savePng = () =>
    frame.current?.querySelector('canvas')?.toBlob((png) => {
      if (png) saveFile(`${fileName}.png`, png)
    })

  return (
    <section className="chart" aria-labelledby={titleId}>
      <div className="chart-head">
        <div className="grid gap-1">
          <Heading id={titleId}>{props.title}</Heading>
          <p className="small muted">{props.description}</p>
        </div>
        <div className="flex flex-wrap gap-1">
          <Button size="small" variant="quiet" aria-pressed={isTable} onClick={() => setIsTable(!isTable)}>
            {isTable ? 'Chart' : 'Table'}
          </Button>
          <Button size="small" variant="quiet" onClick={saveCsv}>
            CSV
          </Button>
          {!isTable && (
            <Button size="small" variant="quiet" onClick={savePng}>
              PNG
            </Button>
          )}
        </div>
      </div>
      {isTable ? (
        <ChartTable {...props} />
      ) : (
        <div className="chart-canvas" ref={frame}>
          {canDraw ? (
            <Suspense fallback={<Skeleton height="100%" />}>
              <ChartCanvas {...props} />
            </Suspense>
          ) : (
            <Skeleton height="100%" />
          )}
        </div>
      )}
    </section>
  )
}

function ChartTable({ title, labels, labelFormat, labelName, series, isShare }: ChartProps) {
  const rows = visibleLabels({ labels, labelFormat }).map((label, i) => ({ label, i }))
  const valueText = (value: number | null | undefined) => {
    if (value === null || value === undefined) return '–'
    return isShare ? numberText({ share: value }) : String(Number(value.toPrecision(4)))
  }
  return (
    <div className="max-h-72 overflow-y-auto">
      <Table
        caption={`${title}, as a table`}
        hideCaption
        rows={rows}
        keyOf={(row) => `${row.i}`}
        columns={[
          { name: labelName, cell: (row) => row.label },
          ...series.map((one) => ({
            name: one.name,
            isNumeric: true,
            cell: (row: { i: number }) => valueText(one.values[row.i]),
          })),
        ]}
      />
    </div>
  )
}
