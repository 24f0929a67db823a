'use client'
/** What the selected files are read as, before they are uploaded; and, when that is uncertain, the other readings,
 *  each one click away. */
import { useEffect, useRef } from 'react'
import type { UploadPlan } from '#lib/contracts/upload-plan.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import type { FilePlan, ShownPlan } from './use-plan.ts'

type PlanProps = {
  readonly plan: FilePlan
  readonly isDisabled: boolean
  readonly onReading: (reading: string) => void
}

export function PlanCard({ plan, isDisabled, onReading }: PlanProps) {
  const section = useRef<HTMLElement>(null)
  const isChosen = useRef(false)
  const shown = plan.kind === 'plan' ? plan : null
  // the pressed button is gone with the plan that it belonged to
  useEffect(() => {
    if (shown === null || !isChosen.current) return
    isChosen.current = false
    section.current?.focus()
  }, [shown])
  const choose = (reading: string) => {
    if (isDisabled || plan.kind === 'reading') return
    isChosen.current = true
    onReading(reading)
  }
  return (
    <section
      ref={section}
      tabIndex={-1}
      className="grid gap-3"
      aria-label="How the files are read"
      hidden={plan.kind === 'none'}
    >
      <div role="status">
        {plan.kind === 'reading' && <p className="small muted">Reading the file names…</p>}
        {shown && (
          <p>
            <strong>Read as {shown.plan.message}</strong>
          </p>
        )}
      </div>
      {plan.kind === 'refused' && (
        <ErrorNotice
          title="The files could not be checked"
          failure={plan.failure}
          action={
            <Button size="small" disabled={isDisabled} onClick={() => onReading('')}>
              Try again
            </Button>
          }
        />
      )}
      {plan.kind === 'plan' && <PlanDetails {...plan} isDisabled={isDisabled} onReading={choose} />}
      {plan.kind === 'reading' && plan.before && (
        <PlanDetails {...plan.before} isDisabled onReading={choose} />
      )}
    </section>
  )
}

function PlanDetails({ plan, reading, isDisabled, onReading }: ShownPlan & Omit<PlanProps, 'plan'>) {
  return (
    <>
      {plan.notes.length > 0 && (
        <ul className="small muted grid gap-1">
          {plan.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <SkippedFiles groups={plan.skipped} />
      {(plan.uncertain.length > 0 || reading !== '') && (
        <div className="grid gap-2">
          <p className="small">Other ways to read these files:</p>
          <ul className="grid gap-2">
            {plan.uncertain.map((other) => (
              <li key={other.reading} className="row justify-between">
                <span className="small" id={`reading-${other.reading}`}>
                  <strong>{other.description}</strong> {other.message} {other.why}
                </span>
                <Button
                  size="small"
                  aria-disabled={isDisabled || undefined}
                  aria-describedby={`reading-${other.reading}`}
                  onClick={() => onReading(other.reading)}
                >
                  Read as {counted(other.class_count, 'class', 'classes')}
                </Button>
              </li>
            ))}
          </ul>
          {reading !== '' && (
            <Button
              size="small"
              variant="quiet"
              aria-disabled={isDisabled || undefined}
              onClick={() => onReading('')}
            >
              Use the default
            </Button>
          )}
        </div>
      )}
    </>
  )
}

function SkippedFiles({ groups }: { readonly groups: UploadPlan['skipped'] }) {
  const skipped = groups.reduce((sum, { count }) => sum + count, 0)
  if (skipped === 0) return null
  return (
    <details open={groups.length <= 3}>
      <summary>Skipped: {counted(skipped, 'file')}</summary>
      <ul className="small muted grid gap-1">
        {groups.map(({ reason, count, examples }) => (
          <li key={reason} className="break-words">
            {reason[0]!.toUpperCase() + reason.slice(1)}: {counted(count, 'file')} ({examples.join(', ')}
            {count > examples.length ? ', …' : ''})
          </li>
        ))}
      </ul>
    </details>
  )
}
