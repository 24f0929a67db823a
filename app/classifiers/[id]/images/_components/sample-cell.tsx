'use client'
/** One image of the grid, with its label below. */
import { memo } from 'react'
import type { SampleAnswer } from '#lib/contracts/uploads.ts'
import { StoredImage } from '#lib/ui/stored-image.tsx'
import { describedSample, labelText } from './sample-text.ts'

const SMALL_SIDE = 64

type SampleCellProps = {
  readonly sample: SampleAnswer | undefined
  readonly position: number
  readonly total: number
  readonly place: { readonly left: number; readonly top: number; readonly width: number }
  readonly isSelected: boolean
  readonly isCurrent: boolean
}

export const cellId = (position: number): string => `image-${position}`

export const SampleCell = memo(
  function SampleCell({ sample, position, total, place, isSelected, isCurrent }: SampleCellProps) {
    return (
      <div
        id={cellId(position)}
        role="option"
        className="image-cell"
        data-position={position}
        data-current={isCurrent || undefined}
        data-unused={sample?.is_excluded || undefined}
        aria-selected={isSelected}
        aria-setsize={total}
        aria-posinset={position + 1}
        aria-busy={sample === undefined || undefined}
        aria-label={sample ? describedSample(sample) : 'loading'}
        style={{ width: place.width, transform: `translate(${place.left}px, ${place.top}px)` }}
      >
        {sample ? (
          <StoredImage
            key={sample.id}
            className="image-cell-thumbnail"
            src={`${sample.image_url}?size=160`}
            alt=""
            decoding="async"
            draggable={false}
            data-enlarged={Math.max(sample.width, sample.height) <= SMALL_SIDE}
          />
        ) : (
          <span className="image-cell-thumbnail" />
        )}
        <span className="image-cell-label" data-missing={sample?.label === null || undefined}>
          {sample &&
            (sample.label === null && sample.predicted ? `${sample.predicted.class}?` : labelText(sample))}
        </span>
        {sample?.is_excluded && <span className="image-cell-mark">excluded</span>}
      </div>
    )
  },
  (a, b) =>
    a.sample === b.sample &&
    a.position === b.position &&
    a.total === b.total &&
    a.isSelected === b.isSelected &&
    a.isCurrent === b.isCurrent &&
    a.place.left === b.place.left &&
    a.place.top === b.place.top &&
    a.place.width === b.place.width,
)
