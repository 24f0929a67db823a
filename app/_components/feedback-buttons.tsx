'use client'
/** Feedback on a prediction: correct, or incorrect with the correct class. A correction, and a confirmation on
 *  request, becomes a labelled image for the next training run. Each change can be undone. */
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import { Badge } from '#lib/ui/badge.tsx'
import { Button } from '#lib/ui/button.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { ClassChoice } from './class-choice.tsx'
import {
  bodyOf,
  changeText,
  restoringBody,
  valueOf,
  type FeedbackChoice,
  type FeedbackEntry,
  type FeedbackValue,
} from './feedback-change.ts'
import { NoClassChoice } from './no-class-choice.tsx'
import { failureOf } from './request-error.ts'
import { useFocusAfterChange } from './use-focus-after-change.ts'

type PredictionFacts = {
  readonly predictionId: string
  readonly predictedClass: string
  readonly classes: readonly string[]
}

/** With its own state, for one prediction. */
export function FeedbackButtons({
  feedback = null,
  ...facts
}: PredictionFacts & { readonly feedback?: FeedbackValue | null }) {
  const [entry, setEntry] = useState<FeedbackEntry>({ value: feedback })
  return <FeedbackControl {...facts} entry={entry} onChange={setEntry} />
}

export function FeedbackControl({
  predictionId,
  predictedClass,
  classes,
  entry: { value, before },
  onChange,
}: PredictionFacts & {
  readonly entry: FeedbackEntry
  readonly onChange: (entry: FeedbackEntry) => void
}) {
  const [isChoosing, setIsChoosing] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const { frame, keepFocus } = useFocusAfterChange<HTMLDivElement>(
    isBusy,
    isChoosing ? 'choose' : JSON.stringify(value),
  )

  const send = async (body: ReturnType<typeof restoringBody>): Promise<FeedbackValue | null | undefined> => {
    keepFocus()
    setIsBusy(true)
    try {
      return valueOf(await call('POST /api/predictions/{id}/feedback', { id: predictionId, ...body }))
    } catch (error) {
      toast(failureOf(error).detail, 'bad')
      return undefined
    } finally {
      setIsBusy(false)
    }
  }
  const choose = async (choice: FeedbackChoice) => {
    const saved = await send(bodyOf(predictedClass, choice))
    if (saved === undefined) return
    setIsChoosing(false)
    onChange({ value: saved, before: value })
    toast(changeText(saved, choice))
  }
  const undo = async () => {
    const saved = await send(restoringBody(before ?? null))
    if (saved !== undefined) onChange({ value: saved })
  }
  const open = (next: boolean) => {
    keepFocus()
    setIsChoosing(next)
  }

  return (
    <div ref={frame} className="row" role="group" aria-label={`Feedback on “${predictedClass}”`}>
      {isChoosing && (
        <ClassChoice
          label="Correct class"
          classes={value ? classes : classes.filter((name) => name !== predictedClass)}
          isBusy={isBusy}
          onChoose={(label) => void choose({ kind: 'label', label })}
          onCancel={() => open(false)}
        >
          <NoClassChoice
            isBusy={isBusy}
            onNone={() => void choose({ kind: 'label', label: null })}
            onCancel={() => open(false)}
          />
        </ClassChoice>
      )}
      {!isChoosing && value && <FeedbackBadge value={value} />}
      {!isChoosing && value?.correct && value.sample_id === null && (
        <Button
          size="small"
          disabled={isBusy}
          onClick={() => void choose({ kind: 'confirm', addToTraining: true })}
        >
          Add to training
        </Button>
      )}
      {!isChoosing && value && (
        <Button
          size="small"
          variant="quiet"
          disabled={isBusy}
          onClick={() => open(true)}
          aria-label={`Change the feedback on ${predictedClass}`}
        >
          Change
        </Button>
      )}
      {!isChoosing && !value && (
        <>
          <Button
            size="small"
            isBusy={isBusy}
            onClick={() => void choose({ kind: 'confirm', addToTraining: false })}
          >
            Correct
          </Button>
          <Button size="small" disabled={isBusy} onClick={() => open(true)}>
            Incorrect
          </Button>
        </>
      )}
      {!isChoosing && before !== undefined && (
        <Button
          size="small"
          variant="quiet"
          disabled={isBusy}
          onClick={() => void undo()}
          aria-label={`Undo the feedback on ${predictedClass}`}
        >
          Undo
        </Button>
      )}
    </div>
  )
}

export function FeedbackBadge({ value: { correct, label, sample_id } }: { readonly value: FeedbackValue }) {
  if (correct) return <Badge variant="good">{sample_id === null ? 'correct' : 'correct, in training'}</Badge>
  return <Badge variant="amber">{label === null ? 'none of the classes' : `corrected to ${label}`}</Badge>
}
