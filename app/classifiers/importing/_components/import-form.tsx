'use client'
/** Sends a trained network or the file of a whole classifier, which is then imported in the background. */
import { useRouter } from 'next/navigation'
import { useRef, useState, type FormEvent } from 'react'
import { upload } from '#lib/contracts/client.ts'
import type { ImportForm as ImportFields } from '#lib/contracts/imports.ts'
import type { Fit } from '#lib/domain/classifier.ts'
import { namesText } from '#lib/domain/text/count-text.ts'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { ErrorNotice, type Failure } from '#lib/ui/error-notice.tsx'
import { Input, Select } from '#lib/ui/field.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { failureOf } from '../../../_components/request-error.ts'
import { idOf } from '../../[id]/images/add/_components/classifier-option.ts'
import { nameProblem } from '../../name-problem.ts'
import { classesIn } from './classes-in.ts'

const PIXELS = [
  { value: '', label: 'As in the file, or else 0 to 1' },
  { value: '0..1', label: '0 to 1' },
  { value: '-1..1', label: '−1 to 1' },
  { value: '0..255', label: '0 to 255' },
] as const

const FITS: readonly { readonly value: '' | Fit; readonly label: string }[] = [
  { value: '', label: 'As in its program, if known, or else stretched' },
  { value: 'stretch', label: 'Stretched' },
  { value: 'cover', label: 'Cropped to the square in the middle' },
  { value: 'contain', label: 'With padding' },
]

type ImportFormProps = {
  /** Gets a new version; absent: the file becomes a new classifier. */
  readonly classifier?: { readonly id: string; readonly classes: readonly string[] }
  /** The ids of other classifiers, which a new one cannot have. */
  readonly taken?: readonly string[]
}

export function ImportForm({ classifier, taken = [] }: ImportFormProps) {
  const router = useRouter()
  const [title, setTitle] = useState('')
  const [percent, setPercent] = useState<number | null>(null)
  const [failure, setFailure] = useState<Failure | null>(null)
  const cancelling = useRef<AbortController | null>(null)
  const id = idOf(title)
  const problem = classifier ? undefined : nameProblem(title, taken)

  const send = async (form: HTMLFormElement) => {
    const values = new FormData(form)
    const files = values.getAll('file').filter((one) => one instanceof File && one.size > 0) as File[]
    const images = values.get('calibration')
    // only a ZIP can be a whole classifier, which brings its name
    if (!classifier && id === '' && !files.some(({ name }) => /\.zip$/i.test(name)))
      return setFailure({ detail: 'A new classifier needs a name. Enter one, then import the file.' })
    setFailure(null)
    setPercent(0)
    const { signal } = (cancelling.current = new AbortController())
    try {
      await upload(
        'POST /api/imports/jobs',
        {
          files,
          ...(images instanceof File && images.size > 0 && { calibration: images }),
          classifier: classifier?.id ?? (id === '' ? undefined : id),
          title: classifier || title.trim() === '' ? undefined : title.trim(),
          classes: classesIn(String(values.get('classes') ?? '')),
          pixels: PIXELS.map(({ value }) => value).find(
            (value) => value !== '' && value === values.get('pixels'),
          ) as ImportFields['pixels'],
          fit: FITS.map(({ value }) => value).find((value) => value !== '' && value === values.get('fit')) as
            Fit | undefined,
        },
        { onProgress: (sent, total) => setPercent((sent / total) * 100), signal },
      )
      form.reset()
      setTitle('')
      router.refresh()
    } catch (error) {
      if (!signal.aborted) setFailure(failureOf(error))
    } finally {
      setPercent(null)
    }
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (percent === null && problem === undefined) void send(event.currentTarget)
  }

  return (
    <Card title="Choose the file">
      <form className="grid gap-4" onSubmit={submit}>
        <Input
          label="File"
          name="file"
          type="file"
          multiple
          required
          accept=".h5,.hdf5,.keras,.zip,.json,.bin"
          hint={NETWORKS + (classifier ? '.' : '; or the ZIP of a whole classifier from another Darkroom.')}
        />
        {!classifier && (
          <div className="max-w-md">
            <Input
              label="Name"
              value={title}
              maxLength={120}
              autoComplete="off"
              onChange={(event) => setTitle(event.currentTarget.value)}
              hint={
                id === ''
                  ? 'For example, “Our pets”. Not needed for the ZIP of a whole classifier.'
                  : `In addresses: ${id}`
              }
              error={problem}
            />
          </div>
        )}
        <Input
          label="Classes, in the order of the outputs"
          name="classes"
          autoComplete="off"
          hint={classesHint(classifier?.classes ?? [])}
        />
        <details>
          <summary>More options</summary>
          <div className="mt-3 grid gap-4 sm:grid-cols-3">
            <Select
              label="Pixel values"
              name="pixels"
              options={PIXELS}
              hint="The values that the network was trained with."
            />
            <Select label="How images become square" name="fit" options={FITS} />
            <Input
              label="Images for faster predictions"
              name="calibration"
              type="file"
              accept=".zip"
              hint={IMAGES_HINT}
            />
          </div>
        </details>
        {percent !== null && <Progress label="Sending…" percent={percent} />}
        {failure && <ErrorNotice title="The file was not accepted" failure={failure} />}
        <div className="row">
          <Button type="submit" variant="primary" isBusy={percent !== null} disabled={problem !== undefined}>
            Import
          </Button>
          {percent !== null && <Button onClick={() => cancelling.current?.abort()}>Cancel</Button>}
        </div>
      </form>
    </Card>
  )
}

const NETWORKS =
  'A Keras file (.keras or .h5), an export of Teachable Machine (ZIP), or a TensorFlow.js model as a ZIP or as ' +
  'model.json with its .bin files'
const IMAGES_HINT =
  'With a ZIP of at least 200 images, predictions can be faster. With 765 or more in folders named after their ' +
  'classes, Darkroom also measures whether accuracy is lost.'

function classesHint(own: readonly string[]): string {
  const separated =
    'Separated by commas. Leave empty if the file names them, as exports of Teachable Machine do'
  if (own.length === 0) return `${separated}.`
  return `${separated}, or if the outputs are in this order: ${namesText(own, ', ')}.`
}
