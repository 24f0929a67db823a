'use client'
/** A plot that says in one sentence what it shows, and has the same numbers as a table, as CSV and as PNG.
 *  The drawing library is loaded only when a plot is on the page. */
import { lazy, Suspense, useId, useRef, useState, useSyncExternalStore } from 'react'
import { Button } from './button.tsx'
import type { ChartProps } from './chart-props.ts'
import { csvOf, saveFile } from './save-file.ts'
import { Skeleton } from './skeleton.tsx'
import { Table } from './table.tsx'

const ChartCanvas = lazy(() => import('./chart-canvas.tsx'))

export function Chart(props: ChartProps) {
  const [isTable, setIsTable] = useState(false)
  const frame = useRef<HTMLDivElement>(null)
  const titleId = useId()
  const Heading = props.level === 3 ? 'h3' : 'h2'
  const canDraw = useSyncExternalStore(
    neverChanges,
    () => true,
    () => false,
  ) // a canvas and its colours are the browser's
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
            {isTable ? 'Plot' : 'Table'}
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
        <Twin {...props} />
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

const neverChanges = () => () => {}

function Twin({ title, labels, labelName, series, isShare }: ChartProps) {
  const rows = labels.map((label, i) => ({ label, i }))
  const shown = (value: number | null | undefined) => {
    if (value === null || value === undefined) return '–'
    return isShare ? `${(value * 100).toFixed(1)} %` : String(Number(value.toPrecision(4)))
  }
  return (
    <div className="max-h-72 overflow-y-auto">
      <Table
        caption={`${title}, as a table`}
        isCaptionHidden
        rows={rows}
        keyOf={(row) => `${row.i}`}
        columns={[
          { name: labelName, cell: (row) => row.label },
          ...series.map((one) => ({
            name: one.name,
            isNumeric: true,
            cell: (row: { i: number }) => shown(one.values[row.i]),
          })),
        ]}
      />
    </div>
  )
}
