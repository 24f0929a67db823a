'use client'
/** An image with several labels: the image and a button for each label. It is excluded until one is chosen. */
import { useEffect, useId, useRef, useState } from 'react'
import { addressOf, call } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { StoredImage } from '#lib/ui/stored-image.tsx'
import { useMutation } from '../../../../../_components/use-mutation.ts'

export type ConflictChoiceProps = {
  readonly sampleId: string
  readonly filename: string
  readonly labels: readonly string[]
}

export function ConflictChoice({ sampleId, filename, labels }: ConflictChoiceProps) {
  const [chosen, setChosen] = useState<string | null>(null)
  const { isBusy, failure, mutate } = useMutation()
  const imageId = useId()
  const result = useRef<HTMLSpanElement>(null)
  // the pressed button is replaced by the result
  useEffect(() => {
    if (chosen !== null) result.current?.focus()
  }, [chosen])
  const choose = async (label: string) => {
    if (isBusy) return
    const changed = await mutate(() =>
      call('PATCH /api/samples/{id}', { id: sampleId, label, is_excluded: false }),
    )
    if (changed) setChosen(label)
  }
  return (
    <div className="grid gap-2">
      <div className="row">
        <StoredImage
          id={imageId}
          className="size-16 object-cover"
          src={addressOf('GET /api/samples/{id}/image', { id: sampleId, size: 128 })}
          alt={filename}
        />
        {chosen === null ? (
          labels.map((label) => (
            <Button
              key={label}
              size="small"
              aria-disabled={isBusy || undefined}
              aria-describedby={imageId}
              onClick={() => void choose(label)}
            >
              It is {label}
            </Button>
          ))
        ) : (
          <span ref={result} role="status" tabIndex={-1}>
            Labelled {chosen}, and used for training.
          </span>
        )}
      </div>
      {failure && <ErrorNotice title="The label was not changed" failure={failure} />}
    </div>
  )
}
