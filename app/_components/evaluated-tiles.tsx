/** Images with their label and what a version predicted; each opens where its label can be corrected. */
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { tilesProps } from '#lib/ui/image-tile.tsx'
import { SampleTile } from './sample-tile.tsx'

type Images = Output<Routes['GET /api/models/{id}/images']>['images']

type TilesProps = {
  readonly classifier: string
  readonly images: Images
  /** On a phone, only the first six; three with long names. */
  readonly isShort?: boolean
}

export function EvaluatedTiles({ classifier, images, isShort }: TilesProps) {
  return (
    <div {...tilesProps(images.map(({ label }) => label))} data-few={isShort}>
      {images.map((one) => (
        <SampleTile
          key={one.sample_id}
          classifier={classifier}
          id={one.sample_id}
          src={one.image_url}
          alt={one.filename ?? `image of ${one.label}`}
        >
          labelled <strong>{one.label}</strong>, predicted <strong>{one.predicted}</strong>{' '}
          <FigureNumber share={one.confidence} digits={0} />
        </SampleTile>
      ))}
    </div>
  )
}
