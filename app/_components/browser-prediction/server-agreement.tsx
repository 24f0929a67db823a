'use client'
/** Compares a prediction of this browser with the server's for the same image, on request: only then is the image
 *  sent. */
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice, type Failure } from '#lib/ui/error-notice.tsx'
import { failureOf } from '../request-error.ts'
import { largestDifference, type ShownPrediction } from './browser-answer.ts'

/** With numbers of the same width, probabilities differ by less than 0.0001 (docs/performance.md). */
const ROUNDING = 0.001

type Comparison =
  | { readonly kind: 'idle' | 'busy' }
  | { readonly kind: 'done'; readonly sentence: string }
  | { readonly kind: 'failed'; readonly failure: Failure }

export function ServerAgreement({
  file,
  prediction,
}: {
  readonly file: File
  readonly prediction: ShownPrediction
}) {
  const [comparison, setComparison] = useState<Comparison>({ kind: 'idle' })
  const compare = async () => {
    setComparison({ kind: 'busy' })
    const { classifier, model_version: version } = prediction
    try {
      const answer = await call('POST /api/predict', { classifier, version, file, save: false })
      setComparison({ kind: 'done', sentence: agreementText(prediction, answer) })
    } catch (error) {
      setComparison({ kind: 'failed', failure: failureOf(error) })
    }
  }
  if (comparison.kind === 'done') return <p role="status">{comparison.sentence}</p>
  return (
    <div className="grid gap-2">
      <div>
        <Button size="small" isBusy={comparison.kind === 'busy'} onClick={() => void compare()}>
          Compare with the server
        </Button>
      </div>
      {comparison.kind === 'failed' && (
        <ErrorNotice title="The server did not predict this image" failure={comparison.failure} />
      )}
    </div>
  )
}

function agreementText(
  here: ShownPrediction,
  server: Pick<ShownPrediction, 'predicted_class' | 'probabilities'>,
): string {
  const largest = largestDifference(here, server)
  const difference =
    (largest < ROUNDING
      ? ''
      : 'This browser computes with 32-bit numbers; a server that computes with 8-bit numbers differs slightly. ') +
    `Probabilities differ by at most ${(largest * 100).toFixed(1)} percentage points.`
  return here.predicted_class === server.predicted_class
    ? `The server predicts the same class. ${difference}`
    : `The server predicts ${server.predicted_class}. ${difference}`
}
