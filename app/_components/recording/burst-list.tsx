'use client'
/** Recorded images before they are sent, each with a button that deletes it. */
import { counted } from '#lib/domain/text/count-text.ts'
import { Button } from '#lib/ui/button.tsx'
import { Icon } from '#lib/ui/icon.tsx'
import type { Burst } from './bursts.ts'

type BurstListProps = {
  readonly bursts: readonly Burst[]
  readonly isDisabled: boolean
  readonly onDeleteFrame: (key: string) => void
  readonly onDeleteBurst: (key: string) => void
}

export function BurstList({ bursts, isDisabled, onDeleteFrame, onDeleteBurst }: BurstListProps) {
  return bursts.map(({ key, label, frames }, position) => (
    <section key={key} className="grid gap-2" aria-label={`Recording ${position + 1}, of ${label}`}>
      <div className="row justify-between">
        <p className="small min-w-0 [overflow-wrap:anywhere]">
          <strong>{label}</strong>, {counted(frames.length, 'image')}
        </p>
        <Button size="small" variant="quiet" disabled={isDisabled} onClick={() => onDeleteBurst(key)}>
          Delete this recording
        </Button>
      </div>
      <ul className="frames">
        {frames.map((frame, i) => (
          <li key={frame.key} className="frame">
            <img src={frame.url} alt={`Image ${i + 1} of ${label}`} width={96} height={72} decoding="async" />
            <button
              type="button"
              className="frame-delete"
              aria-label={`Delete image ${i + 1} of ${label}`}
              disabled={isDisabled}
              onClick={() => onDeleteFrame(frame.key)}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  ))
}
