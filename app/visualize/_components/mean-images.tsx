'use client'
/** The mean picture of each class, and the same as a table with what was measured of them. */
import { useState } from 'react'
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { counted } from '#lib/domain/counted.ts'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { ImageTile } from '#lib/ui/image-tile.tsx'
import { csvOf, saveFile } from '#lib/ui/save-file.ts'
import { Table } from '#lib/ui/table.tsx'

type PerClass = Output<Routes['GET /api/data/features']>['per_class']
type MeanImagesProps = {
  readonly perClass: PerClass
  readonly total: number
  readonly lookedAt: number
  readonly unreadable: number
}

export function MeanImages({ perClass, total, lookedAt, unreadable }: MeanImagesProps) {
  const [isTable, setIsTable] = useState(false)
  return (
    <Card
      title="The mean picture of each class"
      aside={
        <span className="flex flex-wrap gap-1">
          <Button size="small" variant="quiet" aria-pressed={isTable} onClick={() => setIsTable(!isTable)}>
            {isTable ? 'Pictures' : 'Table'}
          </Button>
          <Button size="small" variant="quiet" onClick={() => saveCsv(perClass)}>
            CSV
          </Button>
        </span>
      }
    >
      <p className="small muted">
        What is alike in all pictures of a class stays, what differs blurs: a shape that one can recognise
        here is easy to learn, and so is a background that only one class has.
      </p>
      {isTable ? (
        <AsTable perClass={perClass} />
      ) : (
        <div className="tiles">
          {perClass.map(
            (one) =>
              one.mean_image && (
                <ImageTile
                  key={one.class}
                  src={one.mean_image}
                  alt={`The mean of ${counted(one.looked_at, 'picture')} of ${one.class}`}
                  pixels={1}
                >
                  <strong>{one.class}</strong>{' '}
                  <span className="muted">of {one.looked_at.toLocaleString('en-GB')}</span>
                  <br />
                  <a className="link small" href={one.mean_image} download={`mean-${one.class}.webp`}>
                    Save<span className="sr-only"> the mean picture of {one.class}</span>
                  </a>
                </ImageTile>
              ),
          )}
        </div>
      )}
      <p className="small muted">
        {extent(lookedAt, total)}
        {unreadable > 0 && ` ${unreadable.toLocaleString('en-GB')} could not be read.`} The same pictures are
        behind the plots below.
      </p>
    </Card>
  )
}

function AsTable({ perClass }: { readonly perClass: PerClass }) {
  const share = (value: number | null) => (value === null ? '–' : <FigureNumber share={value} />)
  return (
    <Table
      caption="The pictures of each class, measured"
      isCaptionHidden
      variant="cards"
      rows={perClass}
      keyOf={(one) => one.class}
      columns={[
        { name: 'Class', cell: (one) => one.class },
        { name: 'Looked at', isNumeric: true, cell: (one) => <FigureNumber count={one.looked_at} /> },
        { name: 'Brightness', isNumeric: true, cell: (one) => share(one.brightness) },
        { name: 'Contrast', isNumeric: true, cell: (one) => share(one.contrast) },
        {
          name: 'Longer side, median',
          isNumeric: true,
          cell: (one) => (one.longer_side === null ? '–' : `${one.longer_side} px`),
        },
        { name: 'Width by height, median', isNumeric: true, cell: (one) => one.aspect?.toFixed(2) ?? '–' },
      ]}
    />
  )
}

const saveCsv = (perClass: PerClass): void =>
  saveFile(
    'classes-measured.csv',
    csvOf(
      ['class', 'looked at', 'brightness', 'contrast', 'longer side', 'aspect'],
      perClass.map((one) => [
        one.class,
        one.looked_at,
        one.brightness,
        one.contrast,
        one.longer_side,
        one.aspect,
      ]),
    ),
  )

function extent(lookedAt: number, total: number): string {
  if (lookedAt < total)
    return `Looked at ${lookedAt.toLocaleString('en-GB')} of ${counted(total, 'picture')}, evenly over the classes.`
  return lookedAt === 1 ? 'Looked at the only picture.' : `Looked at all ${counted(lookedAt, 'picture')}.`
}
