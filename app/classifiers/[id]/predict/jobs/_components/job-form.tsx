'use client'
/** Sends images or a ZIP for predictions in the background. */
import { useRouter } from 'next/navigation'
import { useRef, useState } from 'react'
import { upload } from '#lib/contracts/client.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { Button } from '#lib/ui/button.tsx'
import { DropZone, type SelectedFile } from '#lib/ui/drop-zone.tsx'
import { ErrorNotice, type Failure } from '#lib/ui/error-notice.tsx'
import { numberText } from '#lib/ui/figure-number.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { failureOf } from '../../../../../_components/request-error.ts'

const sizeText = (bytes: number) => numberText({ bytes })

export function JobForm({
  classifier,
  limits,
}: {
  readonly classifier: { readonly id: string; readonly title: string }
  readonly limits: { readonly imageBytes: number; readonly uploadBytes: number }
}) {
  const router = useRouter()
  const [percent, setPercent] = useState<number | null>(null)
  const [failure, setFailure] = useState<Failure | null>(null)

  const cancelling = useRef<AbortController | null>(null)

  const send = async (entries: readonly SelectedFile[]) => {
    setFailure(null)
    setPercent(0)
    const { signal } = (cancelling.current = new AbortController())
    try {
      const { id } = await upload(
        'POST /api/predict/jobs',
        {
          classifier: classifier.id,
          top_k: 5,
          files: entries.map(({ file, path }) => ({ blob: file, name: path })),
        },
        { onProgress: (sent, total) => setPercent((sent / total) * 100), signal },
      )
      router.replace(classifierPage(classifier.id, 'predict/jobs', { job: id }), { scroll: false })
      router.refresh()
    } catch (error) {
      if (!signal.aborted) setFailure(failureOf(error))
    } finally {
      setPercent(null)
    }
  }

  return (
    <div className="stack">
      <DropZone
        title={`Drop a ZIP, a folder or images for ${classifier.title} here`}
        hint={`Up to ${sizeText(limits.uploadBytes)} in total and ${sizeText(limits.imageBytes)} for each image`}
        accept="image/*,.heic,.heif,.zip"
        allowFolders
        isDisabled={percent !== null}
        onFiles={(entries) => void send(entries)}
      />
      {percent !== null && (
        <>
          <Progress label="Sending…" percent={percent} />
          <div>
            <Button onClick={() => cancelling.current?.abort()}>Cancel</Button>
          </div>
        </>
      )}
      {failure && <ErrorNotice title="The images were not accepted" failure={failure} />}
    </div>
  )
}
