'use client'
/** Explains a prediction on request, with a heat map and one sentence. The image is predicted again for it,
 *  without being saved. */
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { Explanation, PredictionAnswer } from '#lib/contracts/predict.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice, type Failure } from '#lib/ui/error-notice.tsx'
import { OcclusionMap } from '#lib/ui/occlusion-map.tsx'
import { Skeleton } from '#lib/ui/skeleton.tsx'
import { failureOf } from '../../../../_components/request-error.ts'
import { summarizeOcclusion } from './occlusion-summary.ts'

type ExplanationState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'done'; readonly explanation: Explanation }
  | { readonly kind: 'failed'; readonly failure: Failure }

export function ExplanationPanel({
  file,
  prediction: { classifier, model_version },
}: {
  readonly file: File
  readonly prediction: Pick<PredictionAnswer, 'classifier' | 'model_version'>
}) {
  const [state, setState] = useState<ExplanationState>({ kind: 'idle' })

  const explain = async () => {
    setState({ kind: 'loading' })
    try {
      const { explanation } = await call('POST /api/predict', {
        classifier,
        version: model_version,
        file,
        explain: true,
        save: false,
      })
      if (!explanation) throw new Error('the response has no explanation')
      setState({ kind: 'done', explanation })
    } catch (error) {
      setState({ kind: 'failed', failure: failureOf(error) })
    }
  }

  if (state.kind === 'done') return <ExplanationMap explanation={state.explanation} />
  return (
    <div className="grid gap-3">
      {state.kind === 'failed' && (
        <ErrorNotice title="The prediction could not be explained" failure={state.failure} />
      )}
      {state.kind === 'loading' && (
        <>
          <Skeleton height="12rem" />
          <span className="sr-only">Computing the heat map</span>
        </>
      )}
      <div>
        <Button size="small" isBusy={state.kind === 'loading'} onClick={() => void explain()}>
          Explain prediction
        </Button>
      </div>
    </div>
  )
}

function ExplanationMap({ explanation }: { readonly explanation: Explanation }) {
  const { sentence, place } = summarizeOcclusion(explanation)
  const places = explanation.rows * explanation.columns
  return (
    <div className="flex flex-wrap items-start gap-5">
      <OcclusionMap label={sentence} square={explanation.square} drops={explanation.drops} marked={place} />
      <div className="grid min-w-0 flex-1 basis-48 gap-2">
        <p>{sentence}</p>
        <p className="small muted">
          Heat map of the image at the input resolution of the network. {places} regions, each a quarter of
          the side long, were covered one at a time with the mean colour. The stronger the colour, the more
          the probability fell. The map shows which regions the prediction depends on, not why. Small images
          give coarse maps.
        </p>
      </div>
    </div>
  )
}
