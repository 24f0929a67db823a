'use client'
/** Takes images and shows their predictions: one in detail, several as a table. A few images are sent at a
 *  time. */
import dynamic from 'next/dynamic'
import { useRef, useState } from 'react'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { DrawingPad } from '#lib/ui/drawing-pad.tsx'
import { DropZone } from '#lib/ui/drop-zone.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { numberText } from '#lib/ui/figure-number.tsx'
import { Segmented } from '#lib/ui/segmented.tsx'
import { Skeleton } from '#lib/ui/skeleton.tsx'
import {
  BrowserModelStatus,
  PredictionPlace,
} from '../../../../_components/browser-prediction/prediction-place.tsx'
import { sentenceOf, useBrowserModel } from '../../../../_components/browser-prediction/use-browser-model.ts'
import { PredictionCard } from './prediction-card.tsx'
import { predictFile, predictZip } from './predict-files.ts'
import { newItemKey, type PredictionItem } from './prediction-item.ts'
import { PredictionTable } from './results-table.tsx'

type InputMethod = 'draw' | 'upload' | 'camera'
type ClassifierInfo = {
  readonly id: string
  readonly classes: readonly string[]
  readonly hasDigits: boolean
}

const CONCURRENCY = 3 // more requests would only wait in the server's queue
const FORMATS = 'JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC'
/** Loaded where it is shown: it is no part of the page's own scripts. */
const LiveCamera = dynamic(() => import('../../../../_components/browser-prediction/live-camera.tsx'), {
  ssr: false,
})

const isZip = (file: File) => /\.zip$/i.test(file.name)
const hasResult = ({ prediction, failure }: PredictionItem) => prediction !== null || failure !== null
const revokePreviews = (items: readonly PredictionItem[]) =>
  items.forEach(({ preview }) => {
    if (preview) URL.revokeObjectURL(preview)
  })

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
  const [inputMethod, setInputMethod] = useState<InputMethod>(classifier.hasDigits ? 'draw' : 'upload')
  const browser = useBrowserModel(classifier.id)
  const model = browser.state.kind === 'ready' ? browser.state.model : null
  const put = (key: string, change: Partial<PredictionItem>) =>
    setItems((all) => all.map((one) => (one.key === key ? { ...one, ...change } : one)))

  const running = useRef<AbortController>(null)
  const isPending = !items.every(hasResult)
  /** Images with a prediction stay. */
  const cancel = () => {
    running.current?.abort()
    setItems((all) => {
      revokePreviews(all.filter((one) => !hasResult(one)))
      return all.filter(hasResult)
    })
  }

  const predictAll = async (files: readonly File[]) => {
    running.current?.abort()
    const { signal } = (running.current = new AbortController())
    const added = files.map((file) => ({
      file,
      key: newItemKey(),
      name: file.name,
      preview: isZip(file) ? null : URL.createObjectURL(file),
      prediction: null,
      failure: null,
    }))
    setItems((before) => {
      revokePreviews(before)
      return added
    })
    const queue = [...added]
    const next = async (): Promise<void> => {
      const item = queue.shift()
      if (!item || signal.aborted) return
      try {
        if (isZip(item.file)) {
          const entries = await predictZip(classifier.id, item.file)
          setItems((all) => all.flatMap((one) => (one.key === item.key ? entries : [one])))
        } else
          put(item.key, {
            prediction: await predictFile(classifier.id, item.file, model),
            isLocal: model !== null,
          })
      } catch (error) {
        put(item.key, { failure: sentenceOf(error) })
      }
      return next()
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, next))
  }

  const single = items.length === 1 ? items[0] : undefined
  return (
    <div className="stack">
      <div className="grid gap-2">
        <div className="row">
          <Segmented
            label="Input method"
            value={inputMethod}
            onChange={setInputMethod}
            options={[
              ...(classifier.hasDigits ? [{ value: 'draw', label: 'Draw a digit' } as const] : []),
              { value: 'upload', label: 'Upload images' },
              { value: 'camera', label: 'Camera' },
            ]}
          />
          <PredictionPlace {...browser} />
        </div>
        <BrowserModelStatus state={browser.state} />
      </div>
      <div className={items.length > 1 ? 'stack' : 'columns'}>
        {inputMethod === 'camera' && <LiveCamera model={model} onImage={(file) => void predictAll([file])} />}
        {inputMethod === 'draw' && (
          <Card>
            <DrawingPad
              label="Drawing area for a digit"
              onDrawn={(png) => void predictAll([new File([png], 'drawing.png', { type: 'image/png' })])}
            />
          </Card>
        )}
        {inputMethod === 'upload' && (
          <DropZone
            title="Drop or paste images here"
            hint={`${FORMATS} (up to ${numberText({ bytes: largestBytes })} each), or a ZIP of images`}
            accept="image/*,.heic,.heif,.zip"
            acceptPaste
            onFiles={(entries) => void predictAll(entries.map(({ file }) => file))}
          />
        )}
        <section aria-label="Prediction" aria-live="polite" className="min-w-0">
          {items.length === 0 && (
            <EmptyState icon="eye" title="Your prediction will appear here">
              It shows the confidence, the probability of each class, and the time taken.
            </EmptyState>
          )}
          {single && !single.prediction && !single.failure && (
            <Card>
              <Skeleton height="12rem" />
              <span className="sr-only">Predicting</span>
            </Card>
          )}
          {single?.failure && (
            <ErrorNotice
              title={`No prediction for ${single.name}`}
              failure={single.failure}
              action={
                single.file && (
                  <Button size="small" onClick={() => void predictAll([single.file!])}>
                    Try again
                  </Button>
                )
              }
            />
          )}
          {single?.prediction && (
            <PredictionCard
              item={single}
              prediction={single.prediction}
              classes={classifier.classes}
              mayGiveFeedback={mayGiveFeedback}
              isDrawn={inputMethod === 'draw'}
              isLocal={single.isLocal === true}
            />
          )}
          {items.length > 1 && isPending && <Button onClick={cancel}>Cancel</Button>}
          {items.length > 1 && (
            <PredictionTable items={items} classes={classifier.classes} mayGiveFeedback={mayGiveFeedback} />
          )}
        </section>
      </div>
    </div>
  )
}
