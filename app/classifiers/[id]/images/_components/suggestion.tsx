'use client'
/** What the live version predicts for an image, as a suggestion for its label. Where no prediction is stored,
 *  the live version predicts the image; that prediction is not saved in the history. */
import { useEffect, useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { SampleAnswer } from '#lib/contracts/uploads.ts'
import { Button } from '#lib/ui/button.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { failureOf } from '../../../../_components/request-error.ts'

type LabelSuggestion = { readonly class: string; readonly confidence: number }
type SuggestionState =
  | { readonly kind: 'predicting' }
  | { readonly kind: 'known'; readonly suggested: LabelSuggestion }
  | { readonly kind: 'failed'; readonly why: string }

type SuggestionProps = {
  readonly sample: SampleAnswer
  readonly mayAccept: boolean
  readonly onAccept: (label: string) => void
}

/** Rendered with the id of the sample as its key. */
export function Suggestion({ sample, mayAccept, onAccept }: SuggestionProps) {
  const [state, setState] = useState<SuggestionState>(
    sample.predicted ? { kind: 'known', suggested: sample.predicted } : { kind: 'predicting' },
  )
  const isPredicting = state.kind === 'predicting'
  const { classifier, image_url: url, filename } = sample
  useEffect(() => {
    if (!isPredicting) return
    const leaving = new AbortController()
    predicted({ classifier, url, filename }, leaving.signal).then(
      (suggested) => setState({ kind: 'known', suggested }),
      (error: unknown) => {
        if (!leaving.signal.aborted) setState({ kind: 'failed', why: failureOf(error).detail })
      },
    )
    return () => leaving.abort()
  }, [isPredicting, classifier, url, filename])

  if (state.kind === 'predicting') return <p className="muted">Predicting…</p>
  if (state.kind === 'failed') return <p className="muted">There is no suggestion. {state.why}</p>
  const { suggested } = state
  return (
    <p className="row">
      <span>
        Suggested label: <strong>{suggested.class}</strong>{' '}
        <FigureNumber share={suggested.confidence} digits={0} />
      </span>
      {mayAccept && (
        <Button size="small" onClick={() => onAccept(suggested.class)}>
          Accept
        </Button>
      )}
    </p>
  )
}

type StoredFile = { readonly classifier: string; readonly url: string; readonly filename: string | null }

async function predicted(
  { classifier, url, filename }: StoredFile,
  signal: AbortSignal,
): Promise<LabelSuggestion> {
  const blob = await (await fetch(url, { signal })).blob()
  const file = { blob, name: filename ?? 'image' }
  const answer = await call('POST /api/predict', { classifier, file, save: false }, signal)
  return { class: answer.predicted_class, confidence: answer.confidence }
}
