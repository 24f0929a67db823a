/** Recent predictions as a grid of images with predicted class, confidence and time; on a phone four, or three with
 *  long names. */
import type { StoredPredictionAnswer } from '#lib/contracts/predictions.ts'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { ImageTile, tilesProps } from '#lib/ui/image-tile.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'

export function PredictionTiles({
  predictions,
}: {
  readonly predictions: readonly StoredPredictionAnswer[]
}) {
  if (predictions.length === 0) return <EmptyState icon="history" title="No predictions yet" />
  return (
    <div {...tilesProps(predictions.map((one) => one.predicted_class))} data-recent>
      {predictions.map(
        (one) =>
          one.image_url && (
            <ImageTile
              key={one.id}
              src={`${one.image_url}?size=160`}
              alt={one.filename ?? `predicted as ${one.predicted_class}`}
              pixels={Math.max(one.width, one.height)}
            >
              <strong>{one.predicted_class}</strong> <FigureNumber share={one.confidence} />
              <br />
              <span className="muted small">
                {one.classifier} {one.model_version} · <RelativeTime at={one.timestamp} />
              </span>
            </ImageTile>
          ),
      )}
    </div>
  )
}
