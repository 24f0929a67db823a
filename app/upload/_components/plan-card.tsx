'use client'
/** What the selected files are read as, before they are uploaded; and, when that is uncertain, the other readings,
 *  each one click away. */
import type { UploadPlan } from '#lib/contracts/upload-plan.ts'
import { counted } from '#lib/domain/count-text.ts'
import { Button } from '#lib/ui/button.tsx'

type PlanProps = {
  readonly plan: UploadPlan
  readonly reading: string
  readonly isDisabled: boolean
  readonly onReading: (reading: string) => void
}

export function PlanCard({ plan, reading, isDisabled, onReading }: PlanProps) {
  const skipped = plan.skipped.reduce((sum, { count }) => sum + count, 0)
  return (
    <section className="grid gap-3" aria-label="How the files are read">
      <p role="status">
        <strong>Read as {plan.message}</strong>
      </p>
      {plan.notes.length > 0 && (
        <ul className="small muted grid gap-1">
          {plan.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {skipped > 0 && (
        <details open={plan.skipped.length <= 3}>
          <summary>Skipped: {counted(skipped, 'file')}</summary>
          <ul className="small muted grid gap-1">
            {plan.skipped.map(({ reason, count, examples }) => (
              <li key={reason} className="break-words">
                {counted(count, 'file')}: {reason} ({examples.join(', ')}
                {count > examples.length ? ', …' : ''})
              </li>
            ))}
          </ul>
        </details>
      )}
      {(plan.uncertain.length > 0 || reading !== '') && (
        <div className="grid gap-2">
          <p className="small">The files can also be read another way:</p>
          <ul className="grid gap-2">
            {plan.uncertain.map((other) => (
              <li key={other.reading} className="row justify-between">
                <span className="small">
                  <strong>{other.message}</strong> {other.why}
                </span>
                <Button size="small" disabled={isDisabled} onClick={() => onReading(other.reading)}>
                  Read as {counted(other.class_count, 'class', 'classes')}
                </Button>
              </li>
            ))}
          </ul>
          {reading !== '' && (
            <Button size="small" variant="quiet" disabled={isDisabled} onClick={() => onReading('')}>
              Use the first reading
            </Button>
          )}
        </div>
      )}
    </section>
  )
}
