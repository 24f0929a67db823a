'use client'
/** An ONNX file as a pretrained network: upload, examination, choice of its features. */
import { useRef, useState, type FormEvent } from 'react'
import type { UploadedOnnxAnswer } from '#lib/contracts/backbones.ts'
import { call, upload as send } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Input, Select } from '#lib/ui/field.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { useMutation } from '../../_components/use-mutation.ts'
import { useRefreshWhile } from '../../_components/use-refresh-while.ts'
import { OnnxChoice } from './onnx-choice.tsx'

type Normalisation = UploadedOnnxAnswer['normalisation']

const NORMALISATIONS: readonly { readonly value: Normalisation; readonly label: string }[] = [
  { value: 'imagenet', label: 'ImageNet mean and deviation (torchvision, timm, DINOv2)' },
  { value: 'clip', label: 'CLIP mean and deviation' },
  { value: '0..1', label: '0 to 1' },
  { value: '-1..1', label: '−1 to 1' },
  { value: '0..255', label: '0 to 255' },
]

export function OnnxCard({ upload }: { readonly upload: UploadedOnnxAnswer | null }) {
  const isExamined = upload !== null && (upload.state === 'queued' || upload.state === 'running')
  useRefreshWhile(isExamined)
  return (
    <Card title="Use your own ONNX file">
      <p className="small muted">
        A model that computes features from an image, exported as a single ONNX file, for example from
        PyTorch. Only final layers are trained on its features; the model itself does not change.
      </p>
      {upload === null && <UploadForm />}
      {isExamined && <Progress label={`Examining ${upload.file}`} percent={null} />}
      {upload?.state === 'failed' && (
        <ErrorNotice
          title={`${upload.file} cannot be used`}
          failure={{ detail: upload.message ?? 'The file could not be checked. Upload it again.' }}
        />
      )}
      {upload?.state === 'ready' && <OnnxChoice upload={upload} />}
      {upload !== null && <DiscardUpload />}
    </Card>
  )
}

function UploadForm() {
  const { isBusy, failure, mutate } = useMutation()
  const [percent, setPercent] = useState<number | null>(null)
  const cancelling = useRef<AbortController | null>(null)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { signal } = (cancelling.current = new AbortController())
    const form = new FormData(event.currentTarget)
    const file = form.get('file')
    const size = form.get('size')
    if (!(file instanceof File) || file.size === 0) return
    void mutate(() =>
      send(
        'POST /api/backbones',
        {
          files: [file],
          normalisation: NORMALISATIONS.find(({ value }) => value === form.get('normalisation'))?.value,
          size: size ? Number(size) : undefined,
        },
        { onProgress: (sent, total) => setPercent((100 * sent) / total), signal },
      ).catch((error: unknown) => {
        if (!signal.aborted) throw error
      }),
    )
  }
  return (
    <form className="grid gap-4 sm:grid-cols-3" onSubmit={submit}>
      <Input label="ONNX file" name="file" type="file" accept=".onnx" required />
      <Select
        label="Pixel values"
        name="normalisation"
        options={NORMALISATIONS}
        hint="The values that the network was trained with. The file does not contain them."
      />
      <Input
        label="Input size"
        name="size"
        type="number"
        min={8}
        max={512}
        placeholder="from the file"
        hint="In pixels; only for files that take any size."
      />
      <div className="sm:col-span-3">
        <Button type="submit" isBusy={isBusy}>
          Examine file
        </Button>
        {isBusy && (
          <>
            <Progress label="Uploading" percent={percent} />
            <Button size="small" onClick={() => cancelling.current?.abort()}>
              Cancel
            </Button>
          </>
        )}
        {failure && <ErrorNotice title="The file could not be uploaded" failure={failure} />}
      </div>
    </form>
  )
}

function DiscardUpload() {
  const { isBusy, failure, mutate } = useMutation()
  return (
    <div>
      <Button
        size="small"
        variant="quiet"
        isBusy={isBusy}
        onClick={() => void mutate(() => call('DELETE /api/backbones/upload', {}))}
      >
        Discard this file
      </Button>
      {failure && <ErrorNotice title="The file could not be discarded" failure={failure} />}
    </div>
  )
}
