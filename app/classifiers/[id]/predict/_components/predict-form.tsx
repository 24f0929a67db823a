'use client'
/** Takes images and shows their predictions: one in detail, several as a table. A few images are sent at a
 *  time. */
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import { Card } from '#lib/ui/card.tsx'
import { DrawingPad } from '#lib/ui/drawing-pad.tsx'
import { DropZone } from '#lib/ui/drop-zone.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { numberText } from '#lib/ui/figure-number.tsx'
import { Segmented } from '#lib/ui/segmented.tsx'
import { Skeleton } from '#lib/ui/skeleton.tsx'
import { failureOf } from '../../../../_components/request-error.ts'
import { PredictionCard } from './prediction-card.tsx'
import type { PredictionItem } from './prediction-item.ts'
import { PredictionTable } from './results-table.tsx'

type ClassifierInfo = {
  readonly id: string
  readonly classes: readonly string[]
  readonly hasDigits: boolean
}

const CONCURRENCY = 3 // more requests would only wait in the server's queue
const FORMATS = 'JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF'
const isZip = (file: File) => /\.zip$/i.test(file.name)

export function PredictForm({
  classifier,
  mayGiveFeedback,
  largestBytes,
}: {
  readonly classifier: ClassifierInfo
  readonly mayGiveFeedback: boolean
  readonly largestBytes: number
}) {
  const [items, setItems] = useState<readonly PredictionItem[]>([])
  const [inputMethod, setInputMethod] = useState<'draw' | 'upload'>(classifier.hasDigits ? 'draw' : 'upload')
  const put = (key: string, change: Partial<PredictionItem>) =>
    setItems((all) => all.map((one) => (one.key === key ? { ...one, ...change } : one)))

  const predictAll = async (files: readonly File[]) => {
    const batch = crypto.randomUUID()
    const added = files.map((file, i) => ({
      file,
      key: `${batch} ${i}`,
      name: file.name,
      preview: isZip(file) ? null : URL.createObjectURL(file),
      prediction: null,
      failure: null,
    }))
    setItems((before) => {
      before.forEach(({ preview }) => {
        if (preview) URL.revokeObjectURL(preview)
      })
      return added
    })
    const queue = [...added]
    const next = async (): Promise<void> => {
      const item = queue.shift()
      if (!item) return
      try {
        if (isZip(item.file)) {
          const entries = await predictZip(classifier.id, item.file)
          setItems((all) => all.flatMap((one) => (one.key === item.key ? entries : [one])))
        } else
          put(item.key, {
            prediction: await call('POST /api/predict', { classifier: classifier.id, file: item.file }),
          })
      } catch (error) {
        put(item.key, { failure: failureOf(error) })
      }
      return next()
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, next))
  }

  const single = items.length === 1 ? items[0] : undefined
  return (
    <div className="stack">
      {classifier.hasDigits && (
        <div>
          <Segmented
            label="Input method"
            value={inputMethod}
            onChange={setInputMethod}
            options={[
              { value: 'draw', label: 'Draw a digit' },
              { value: 'upload', label: 'Upload images' },
            ]}
          />
        </div>
      )}
      <div className={items.length > 1 ? 'stack' : 'columns'}>
        {inputMethod === 'draw' ? (
          <Card>
            <DrawingPad
              label="Drawing area for a digit"
              onDrawn={(png) => void predictAll([new File([png], 'drawing.png', { type: 'image/png' })])}
            />
          </Card>
        ) : (
          <DropZone
            title="Drop or paste images here"
            hint={`${FORMATS} (up to ${numberText({ bytes: largestBytes })} each), or a ZIP of images`}
            accept="image/*,.zip"
            acceptPaste
            onFiles={(entries) => void predictAll(entries.map(({ file }) => file))}
          />
        )}
        <section aria-label="Prediction" aria-live="polite" className="min-w-0">
          {items.length === 0 && (
            <EmptyState icon="eye" title="Your prediction will appear here">
              With its confidence, the probabilities of all classes, and the time it took.
            </EmptyState>
          )}
          {single && !single.prediction && !single.failure && (
            <Card>
              <Skeleton height="12rem" />
              <span className="sr-only">Predicting</span>
            </Card>
          )}
          {single?.failure && (
            <ErrorNotice title={`No prediction for ${single.name}`} failure={single.failure} />
          )}
          {single?.prediction && (
            <PredictionCard
              item={single}
              prediction={single.prediction}
              classes={classifier.classes}
              mayGiveFeedback={mayGiveFeedback}
              isDrawn={inputMethod === 'draw'}
            />
          )}
          {items.length > 1 && (
            <PredictionTable items={items} classes={classifier.classes} mayGiveFeedback={mayGiveFeedback} />
          )}
        </section>
      </div>
    </div>
  )
}

async function predictZip(classifier: string, file: File): Promise<readonly PredictionItem[]> {
  const { predictions } = await call('POST /api/predict/batch', { classifier, files: [file] })
  return predictions.map((one, i) => ({
    key: `${file.name} ${i} ${crypto.randomUUID()}`,
    name: one.filename ?? `Image ${i + 1}`,
    file: null,
    preview: null,
    prediction: one.success ? one : null,
    failure: one.success ? null : { detail: one.error },
  }))
}
