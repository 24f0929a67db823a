'use client'
/** On which places of the picture an answer depends, when a person asks: a map and a sentence. The picture is
 *  asked again for it, unkept. */
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { Explanation, PredictionAnswer } from '#lib/contracts/predict.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice, type Failure } from '#lib/ui/error-notice.tsx'
import { OcclusionMap } from '#lib/ui/occlusion-map.tsx'
import { Skeleton } from '#lib/ui/skeleton.tsx'
import { failureOf } from '../../_components/failure.ts'
import { toldBy } from './occlusion-words.ts'

type Asked =
  | { readonly kind: 'not-yet' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'told'; readonly explanation: Explanation }
  | { readonly kind: 'failed'; readonly failure: Failure }

export function WhereItLooks({
  file,
  answer: { classifier, model_version },
}: {
  readonly file: File
  readonly answer: PredictionAnswer
}) {
  const [asked, setAsked] = useState<Asked>({ kind: 'not-yet' })

  const ask = async () => {
    setAsked({ kind: 'asking' })
    try {
      const { explanation } = await call('POST /api/predict', {
        classifier,
        version: model_version,
        file,
        explain: true,
        save: false,
      })
      if (!explanation) throw new Error('the answer came without the explanation that was asked for')
      setAsked({ kind: 'told', explanation })
    } catch (error) {
      setAsked({ kind: 'failed', failure: failureOf(error) })
    }
  }

  if (asked.kind === 'told') return <Places explanation={asked.explanation} />
  return (
    <div className="grid gap-3">
      {asked.kind === 'failed' && (
        <ErrorNotice title="It could not be found out where it looks" failure={asked.failure} />
      )}
      {asked.kind === 'asking' && (
        <>
          <Skeleton height="12rem" />
          <span className="sr-only">Asking where it looks</span>
        </>
      )}
      <div>
        <Button size="small" isBusy={asked.kind === 'asking'} onClick={() => void ask()}>
          Where does it look?
        </Button>
      </div>
    </div>
  )
}

function Places({ explanation }: { readonly explanation: Explanation }) {
  const { sentence, place } = toldBy(explanation)
  const places = explanation.rows * explanation.columns
  return (
    <div className="flex flex-wrap items-start gap-5">
      <OcclusionMap label={sentence} square={explanation.square} drops={explanation.drops} marked={place} />
      <div className="grid min-w-0 flex-1 basis-48 gap-2">
        <p>{sentence}</p>
        <p className="small muted">
          This is the picture as the network sees it. It was covered at {places} places, one after another, a
          quarter of its side at a time, with its mean colour; the stronger the colour over a place, the more
          the probability fell. That shows on which places this version depends here, and gives no reason.
          Small pictures give coarse maps.
        </p>
      </div>
    </div>
  )
}
