/** The image under the pointer, or in the middle of the view when keys move it. */
import { StoredImage } from '#lib/ui/stored-image.tsx'
import { FINDING_TEXTS } from '../../findings/_components/finding-texts.ts'
import type { MapImage } from './map-geometry.ts'

const PIXELS = 256

export function MapPreview({
  point,
  classes,
}: {
  readonly point: MapImage | null
  readonly classes: readonly string[]
}) {
  if (point === null) return <div className="map-preview" aria-live="polite" />
  const name = point.class === null ? 'Without a label' : classes[point.class]!
  return (
    <div className="map-preview" aria-live="polite" data-is-shown>
      <StoredImage
        key={point.id}
        className="map-preview-image"
        src={`/api/samples/${point.id}/image?size=${PIXELS}`}
        alt=""
      />
      <strong>{name}</strong>
      {point.finding && <span className="small muted">{FINDING_TEXTS[point.finding].title}</span>}
    </div>
  )
}
