'use client'
/** Feedback on a prediction: correct, or incorrect with the correct class. A correction becomes a labelled
 *  image for the next training run. Nothing is stored before a button is pressed. */
import { useEffect, useId, useRef, useState, type FormEvent } from 'react'
import { call } from '#lib/contracts/client.ts'
import { Badge } from '#lib/ui/badge.tsx'
import { Button } from '#lib/ui/button.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { failureOf } from './request-error.ts'

type FeedbackValue = { readonly correct: boolean; readonly label: string }
type FeedbackProps = {
  readonly predictionId: string
  readonly predictedClass: string
  readonly classes: readonly string[]
  readonly feedback?: FeedbackValue | null
  readonly mayChange?: boolean
}

export function FeedbackButtons({
  predictionId,
  predictedClass,
  classes,
  feedback: initial = null,
  mayChange = true,
}: FeedbackProps) {
  const [feedback, setFeedback] = useState<FeedbackValue | null>(initial)
  const [isChoosing, setIsChoosing] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const { frame, keepFocus } = useFocusAfterChange(isBusy, isChoosing ? 'choose' : (feedback?.label ?? 'ask'))

  const submit = async (correct: boolean, label?: string) => {
    keepFocus()
    setIsBusy(true)
    try {
      const stored = await call('POST /api/predictions/{id}/feedback', {
        id: predictionId,
        correct,
        ...(label !== undefined && { label }),
      })
      setFeedback({ correct: stored.correct, label: stored.label })
      setIsChoosing(false)
      toast(
        stored.correct
          ? `Confirmed as “${stored.label}”.`
          : `Corrected to “${stored.label}”. The next training run includes it.`,
      )
    } catch (error) {
      toast(failureOf(error).detail, 'bad')
    } finally {
      setIsBusy(false)
    }
  }
  const choose = (next: boolean) => {
    keepFocus()
    setIsChoosing(next)
  }

  if (!mayChange && !feedback) return <span className="muted">–</span>
  return (
    <div ref={frame} className="row" role="group" aria-label={`Feedback on “${predictedClass}”`}>
      {isChoosing && (
        <ClassForm
          classes={classes}
          isBusy={isBusy}
          onSubmit={(label) => void submit(label === predictedClass, label)}
          onCancel={() => choose(false)}
        />
      )}
      {!isChoosing && feedback && <FeedbackBadge feedback={feedback} />}
      {!isChoosing && feedback && mayChange && (
        <Button
          size="small"
          variant="quiet"
          onClick={() => choose(true)}
          aria-label={`Change the feedback on ${predictedClass}`}
        >
          Change
        </Button>
      )}
      {!isChoosing && !feedback && (
        <>
          <Button size="small" isBusy={isBusy} onClick={() => void submit(true)}>
            Correct
          </Button>
          <Button size="small" disabled={isBusy} onClick={() => choose(true)}>
            Incorrect
          </Button>
        </>
      )}
    </div>
  )
}

function FeedbackBadge({ feedback }: { readonly feedback: FeedbackValue }) {
  return feedback.correct ? (
    <Badge variant="good">correct</Badge>
  ) : (
    <Badge variant="amber">corrected to {feedback.label}</Badge>
  )
}

/** Arrow keys only move through the list; the class is stored by the button or by Enter. */
function ClassForm({
  classes,
  isBusy,
  onSubmit,
  onCancel,
}: {
  readonly classes: readonly string[]
  readonly isBusy: boolean
  readonly onSubmit: (label: string) => void
  readonly onCancel: () => void
}) {
  const id = useId()
  const [label, setLabel] = useState('')
  const save = (event: FormEvent) => {
    event.preventDefault()
    onSubmit(label)
  }
  return (
    <form className="row" onSubmit={save}>
      <label className="sr-only" htmlFor={id}>
        Correct class
      </label>
      <select
        id={id}
        className="input max-w-48"
        required
        value={label}
        disabled={isBusy}
        onChange={(event) => setLabel(event.currentTarget.value)}
      >
        <option value="" disabled>
          Choose the correct class…
        </option>
        {classes.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <Button size="small" type="submit" isBusy={isBusy} disabled={label === ''}>
        Save
      </Button>
      <Button size="small" variant="quiet" onClick={onCancel}>
        Cancel
      </Button>
    </form>
  )
}

/** Each step replaces the control that was pressed, and the focus would fall back to the top of the page.
 *  The first control of the next step gets it, unless the user has moved on. */
function useFocusAfterChange(isBusy: boolean, step: string) {
  const frame = useRef<HTMLDivElement>(null)
  const isPending = useRef(false)
  useEffect(() => {
    if (isBusy || !isPending.current) return
    isPending.current = false
    const active = document.activeElement
    if (active !== null && active !== document.body && !frame.current?.contains(active)) return
    frame.current?.querySelector<HTMLElement>('select, button')?.focus()
  }, [isBusy, step])
  return {
    frame,
    keepFocus: () => {
      isPending.current = true
    },
  }
}
