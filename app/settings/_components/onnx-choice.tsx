'use client'
/** The values of an examined ONNX file that can be features, with what each is worth on drawn shapes, and the name that
 *  the network gets. */
import { type FormEvent } from 'react'
import type { UploadedOnnxAnswer } from '#lib/contracts/backbones.ts'
import { call } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Input } from '#lib/ui/field.tsx'
import { useMutation } from '../../_components/use-mutation.ts'

type Choice = UploadedOnnxAnswer['choices'][number]

const READINGS: Readonly<Record<Choice['reading'], string>> = {
  vector: 'as it is',
  'first-token': 'first token (CLS)',
  'mean-of-tokens': 'mean of all tokens',
  'pooled-nchw': 'mean over the image',
  'pooled-nhwc': 'mean over the image',
}

export function OnnxChoice({
  upload: { file, choices, input_size, milliseconds_per_image },
}: {
  readonly upload: UploadedOnnxAnswer
}) {
  const { isBusy, failure, mutate } = useMutation()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const choice = choices[Number(form.get('choice'))]
    const name = form.get('name')
    if (!choice || typeof name !== 'string') return
    void mutate(() =>
      call('POST /api/backbones/upload', { name, value: choice.value, reading: choice.reading }),
    )
  }
  return (
    <form className="grid gap-4" onSubmit={submit}>
      <p>
        {file} takes images of {input_size} × {input_size} pixels
        {milliseconds_per_image !== null &&
          ` and needs ${milliseconds_per_image.toFixed(1)} ms per image here`}
        .
      </p>
      <fieldset className="grid gap-2">
        <legend>Features</legend>
        {choices.map(({ value, reading, features, agreement }, i) => (
          <label key={`${value} ${reading}`} className="row">
            <input type="radio" name="choice" value={i} defaultChecked={i === 0} />
            <span>
              <code>{value}</code>, {READINGS[reading]}: {features} features{' '}
              <span className="muted">
                (test with drawn shapes: {Math.round(100 * agreement)} % are most similar to one of the same
                shape)
              </span>
            </span>
          </label>
        ))}
      </fieldset>
      <Input
        label="Name"
        name="name"
        required
        pattern="[a-z0-9][a-z0-9\-]{0,62}"
        defaultValue={nameOf(file)}
        hint="Lower-case letters, digits and hyphens."
      />
      <div>
        <Button type="submit" variant="primary" isBusy={isBusy}>
          Add network
        </Button>
      </div>
      {failure && <ErrorNotice title="The network could not be added" failure={failure} />}
    </form>
  )
}

const nameOf = (file: string): string =>
  file
    .replace(/\.onnx$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63)
