'use client'
/** Says that the default pretrained network is missing, and downloads it. Nothing where it is installed. */
import type { BackboneAnswer } from '#lib/contracts/backbone.ts'
import { call } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice, Notice } from '#lib/ui/error-notice.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { useMutation } from '../../../../_components/use-mutation.ts'
import { useRefreshWhile } from '../../../../_components/use-refresh-while.ts'

export function BackboneNotice({
  backbone: { name, state, size_bytes, license, last_failure },
}: {
  readonly backbone: BackboneAnswer
}) {
  const { isBusy, failure, mutate } = useMutation()
  const isPending = state === 'queued' || state === 'running'
  useRefreshWhile(isPending)
  if (state === 'installed' || state === 'off') return null
  if (isPending)
    return (
      <Notice>
        <div className="grid justify-items-start gap-3">
          <Progress
            label={state === 'queued' ? `${name}: waiting for the worker` : `Downloading ${name}`}
            percent={null}
          />
          <Button
            size="small"
            isBusy={isBusy}
            onClick={() => void mutate(() => call('DELETE /api/backbone', {}))}
          >
            Cancel
          </Button>
        </div>
      </Notice>
    )
  const problem = failure ?? (last_failure && { detail: last_failure.message })
  return (
    <>
      <Notice>
        <p>
          The built-in pretrained network is used, because {name} is not installed; with it, accuracy on
          photographs is usually higher.
        </p>
        <div className="row mt-3">
          <Button
            size="small"
            isBusy={isBusy}
            onClick={() => void mutate(() => call('POST /api/backbone', {}))}
          >
            Download {name}
          </Button>
          <span className="small muted">
            <FigureNumber bytes={size_bytes} /> from the npm registry, license {license}
          </span>
        </div>
      </Notice>
      {problem && <ErrorNotice title={`${name} could not be downloaded`} failure={problem} />}
    </>
  )
}
