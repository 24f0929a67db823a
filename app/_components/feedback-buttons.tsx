'use client'
/** Right, or wrong and what it is instead: a correction becomes a labelled picture that the next training
 *  learns from. */
import { useId, useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import { Badge } from '#lib/ui/badge.tsx'
import { Button } from '#lib/ui/button.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { failureOf } from './failure.ts'

type Given = { readonly correct: boolean; readonly label: string }
type FeedbackProps = {
  readonly predictionId: string
  readonly answer: string
  readonly classes: readonly string[]
  readonly given?: Given | null
  readonly mayChange?: boolean
}

export function FeedbackButtons({
  predictionId,
  answer,
  classes,
  given: before = null,
  mayChange = true,
}: FeedbackProps) {
  const [given, setGiven] = useState<Given | null>(before)
  const [isChoosing, setIsChoosing] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const choiceId = useId()

  const give = async (correct: boolean, label?: string) => {
    setIsBusy(true)
    try {
      const kept = await call('POST /api/predictions/{id}/feedback', {
        id: predictionId,
        correct,
        ...(label !== undefined && { label }),
      })
      setGiven({ correct: kept.correct, label: kept.label })
      setIsChoosing(false)
      toast(
        kept.correct
          ? `Kept: “${kept.label}” was right.`
          : `Kept: this is “${kept.label}”. The next training learns from it.`,
      )
    } catch (error) {
      toast(failureOf(error).detail, 'bad')
    } finally {
      setIsBusy(false)
    }
  }

  if (given && !isChoosing) {
    return (
      <div className="row">
        {given.correct ? (
          <Badge variant="good">right</Badge>
        ) : (
          <Badge variant="amber">wrong: it is {given.label}</Badge>
        )}
        {mayChange && (
          <Button
            size="small"
            variant="quiet"
            onClick={() => setIsChoosing(true)}
            aria-label={`Change the feedback on ${answer}`}
          >
            Change
          </Button>
        )}
      </div>
    )
  }
  if (!mayChange) return <span className="muted">–</span>
  return (
    <div className="row" role="group" aria-label={`Was “${answer}” right?`}>
      {!isChoosing && (
        <Button size="small" isBusy={isBusy} onClick={() => void give(true)}>
          Right
        </Button>
      )}
      {!isChoosing && (
        <Button size="small" disabled={isBusy} onClick={() => setIsChoosing(true)}>
          Wrong
        </Button>
      )}
      {isChoosing && (
        <>
          <label className="sr-only" htmlFor={choiceId}>
            What it is
          </label>
          <select
            id={choiceId}
            className="input max-w-48"
            autoFocus
            defaultValue=""
            disabled={isBusy}
            onChange={(event) => void give(event.currentTarget.value === answer, event.currentTarget.value)}
          >
            <option value="" disabled>
              It is …
            </option>
            {classes.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
          <Button size="small" variant="quiet" onClick={() => setIsChoosing(false)}>
            Leave it
          </Button>
        </>
      )}
    </div>
  )
}
