'use client'
/** A pretrained network that can be downloaded: what it is, from where, under which license; its download with
 *  progress and Cancel. Nothing is downloaded before the click. */
import type { NetworkAnswer } from '#lib/contracts/backbones.ts'
import { call } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { useMutation } from './use-mutation.ts'
import { useRefreshWhile } from './use-refresh-while.ts'

export function NetworkOffer({
  network: { name, title, state, trained_on, size_bytes, host, license, published, progress },
}: {
  readonly network: NetworkAnswer
}) {
  const { isBusy, failure, mutate } = useMutation()
  const isPending = state === 'queued' || state === 'running'
  useRefreshWhile(isPending)
  return (
    <li className="grid justify-items-start gap-2">
      <p>
        <strong>{title}</strong>, <FigureNumber bytes={size_bytes} /> from {host}, license {license}. Trained
        on {trained_on}. {published && <span className="muted">Published accuracy: {published}.</span>}
      </p>
      {isPending ? (
        <>
          <Progress
            label={state === 'queued' ? `${title}: waiting for the worker` : `Downloading ${title}`}
            percent={progress}
          />
          <Button
            size="small"
            isBusy={isBusy}
            onClick={() => void mutate(() => call('DELETE /api/backbones/{id}', { id: name }))}
          >
            Cancel
          </Button>
        </>
      ) : (
        <Button
          size="small"
          isBusy={isBusy}
          onClick={() => void mutate(() => call('POST /api/backbones/{id}/download', { id: name }))}
        >
          Download {title}
        </Button>
      )}
      {failure && <ErrorNotice title={`${title} could not be downloaded`} failure={failure} />}
    </li>
  )
}
