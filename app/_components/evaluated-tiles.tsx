/** Images with their label and what a version predicted. */
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { ImageTile } from '#lib/ui/image-tile.tsx'

type Images = Output<Routes['GET /api/models/{id}/images']>['images']

type TilesProps = {
  readonly images: Images
  /** On a phone, only the first six. */
  readonly isShort?: boolean
}

export function EvaluatedTiles({ images, isShort }: TilesProps) {
  return (
    <div className="tiles" data-few={isShort}>
      {images.map((one) => (
        <ImageTile
          key={one.sample_id}
          src={`${one.image_url}?size=160`}
          alt={one.filename ?? `image of ${one.label}`}
        >
          labelled <strong>{one.label}</strong>, predicted <strong>{one.predicted}</strong>{' '}
          <FigureNumber share={one.confidence} digits={0} />
        </ImageTile>
      ))}
    </div>
  )
}
