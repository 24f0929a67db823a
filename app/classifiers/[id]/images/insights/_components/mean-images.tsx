'use client'
/** The average image of each class, and the measured features as a table. */
import { useState } from 'react'
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { FigureNumber, numberText } from '#lib/ui/figure-number.tsx'
import { ImageTile } from '#lib/ui/image-tile.tsx'
import { csvOf, saveFile } from '#lib/ui/save-file.ts'
import { Table } from '#lib/ui/table.tsx'

type PerClass = Output<Routes['GET /api/data/features']>['per_class']
type MeanImagesProps = {
  readonly perClass: PerClass
  readonly total: number
  readonly analyzed: number
  readonly unreadable: number
}

export function MeanImages({ perClass, total, analyzed, unreadable }: MeanImagesProps) {
  const [isTable, setIsTable] = useState(false)
  return (
    <Card
      title="Average image per class"
      aside={
        <span className="flex flex-wrap gap-1">
          <Button size="small" variant="quiet" aria-pressed={isTable} onClick={() => setIsTable(!isTable)}>
            {isTable ? 'Images' : 'Table'}
          </Button>
          <Button size="small" variant="quiet" onClick={() => saveCsv(perClass)}>
            CSV
          </Button>
        </span>
      }
    >
      <p className="small muted">
        Recognisable shapes are easy to learn. A background that only one class has is a risk: the classifier
        may learn it instead of the object.
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
                  alt={`Average of ${counted(one.looked_at, 'image')} of ${one.class}`}
                  pixels={1}
                >
                  <strong>{one.class}</strong>{' '}
                  <span className="muted">{counted(one.looked_at, 'image')}</span>
                  <br />
                  <a className="link small" href={one.mean_image} download={`mean-${one.class}.webp`}>
                    Download<span className="sr-only"> the average image of {one.class}</span>
                  </a>
                </ImageTile>
              ),
          )}
        </div>
      )}
      <p className="small muted">
        {extentText(analyzed, total)}
        {unreadable > 0 && ` ${counted(unreadable, 'image')} could not be read.`} The charts below are based
        on the same images.
      </p>
    </Card>
  )
}

function AsTable({ perClass }: { readonly perClass: PerClass }) {
  const share = (value: number | null) => (value === null ? '–' : <FigureNumber share={value} />)
  return (
    <Table
      caption="Features of the images of each class"
      hideCaption
      variant="cards"
      rows={perClass}
      keyOf={(one) => one.class}
      columns={[
        { name: 'Class', cell: (one) => one.class },
        { name: 'Images', isNumeric: true, cell: (one) => <FigureNumber count={one.looked_at} /> },
        { name: 'Brightness', isNumeric: true, cell: (one) => share(one.brightness) },
        { name: 'Contrast', isNumeric: true, cell: (one) => share(one.contrast) },
        {
          name: 'Median longer side',
          isNumeric: true,
          cell: (one) => (one.longer_side === null ? '–' : `${one.longer_side} px`),
        },
        { name: 'Median aspect ratio', isNumeric: true, cell: (one) => one.aspect?.toFixed(2) ?? '–' },
      ]}
    />
  )
}

const saveCsv = (perClass: PerClass): void =>
  saveFile(
    'class-features.csv',
    csvOf(
      ['class', 'images', 'brightness', 'contrast', 'longer side', 'aspect ratio'],
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

function extentText(analyzed: number, total: number): string {
  if (analyzed < total)
    return `Based on ${numberText({ count: analyzed })} of ${counted(total, 'image')}, evenly from all classes.`
  return analyzed === 1 ? 'Based on 1 image.' : `Based on all ${counted(analyzed, 'image')}.`
}
