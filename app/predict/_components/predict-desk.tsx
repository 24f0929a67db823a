'use client'
/** Where pictures are put down and answers appear: one large, several as a table. Pictures are asked a few at
 *  a time. */
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
import { failureOf } from '../../_components/failure.ts'
import { AnswerCard } from './answer-card.tsx'
import { AnswerTable } from './answer-table.tsx'
import type { AskedPicture } from './asked-picture.ts'

type Desk = { readonly id: string; readonly classes: readonly string[]; readonly hasDigits: boolean }

const AT_ONCE = 3 // requests under way; more would only wait in the server's queue
const isZip = (file: File) => /\.zip$/i.test(file.name)

export function PredictDesk({
  classifier,
  mayGiveFeedback,
  largestBytes,
}: {
  readonly classifier: Desk
  readonly mayGiveFeedback: boolean
  readonly largestBytes: number
}) {
  const [asked, setAsked] = useState<readonly AskedPicture[]>([])
  const [way, setWay] = useState<'draw' | 'pictures'>(classifier.hasDigits ? 'draw' : 'pictures')
  const put = (key: string, change: Partial<AskedPicture>) =>
    setAsked((all) => all.map((one) => (one.key === key ? { ...one, ...change } : one)))

  const ask = async (files: readonly File[]) => {
    const batch = crypto.randomUUID()
    const pictures = files.map((file, i) => ({
      file,
      key: `${batch} ${i}`,
      name: file.name,
      preview: isZip(file) ? null : URL.createObjectURL(file),
      answer: null,
      failure: null,
    }))
    setAsked((before) => {
      before.forEach(({ preview }) => {
        if (preview) URL.revokeObjectURL(preview)
      })
      return pictures
    })
    const waiting = [...pictures]
    const next = async (): Promise<void> => {
      const picture = waiting.shift()
      if (!picture) return
      try {
        if (isZip(picture.file)) {
          const entries = await askZip(classifier.id, picture.file)
          setAsked((all) => all.flatMap((one) => (one.key === picture.key ? entries : [one])))
        } else
          put(picture.key, {
            answer: await call('POST /api/predict', { classifier: classifier.id, file: picture.file }),
          })
      } catch (error) {
        put(picture.key, { failure: failureOf(error) })
      }
      return next()
    }
    await Promise.all(Array.from({ length: AT_ONCE }, next))
  }

  const single = asked.length === 1 ? asked[0] : undefined
  return (
    <div className="stack">
      {classifier.hasDigits && (
        <div>
          <Segmented
            label="How to ask"
            value={way}
            onChange={setWay}
            options={[
              { value: 'draw', label: 'Draw a digit' },
              { value: 'pictures', label: 'Bring pictures' },
            ]}
          />
        </div>
      )}
      <div className={asked.length > 1 ? 'stack' : 'columns'}>
        {way === 'draw' ? (
          <Card>
            <DrawingPad
              label="Paper to draw a digit on"
              onDrawn={(png) => void ask([new File([png], 'drawing.png', { type: 'image/png' })])}
            />
          </Card>
        ) : (
          <DropZone
            title="Drop pictures here, or paste one"
            hint={
              `JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF, each up to ${numberText({ bytes: largestBytes })}; ` +
              'or a ZIP of them'
            }
            accept="image/*,.zip"
            takesPaste
            onBring={(brought) => void ask(brought.map(({ file }) => file))}
          />
        )}
        <section aria-label="Answer" aria-live="polite" className="min-w-0">
          {asked.length === 0 && (
            <EmptyState icon="look" title="The answer comes here">
              With the probabilities of all classes, how sure it is, and how long it took.
            </EmptyState>
          )}
          {single && !single.answer && !single.failure && (
            <Card>
              <Skeleton height="12rem" />
              <span className="sr-only">Asking</span>
            </Card>
          )}
          {single?.failure && <ErrorNotice title={`No answer for ${single.name}`} failure={single.failure} />}
          {single?.answer && (
            <AnswerCard
              picture={single}
              answer={single.answer}
              classes={classifier.classes}
              mayGiveFeedback={mayGiveFeedback}
              isDrawn={way === 'draw'}
            />
          )}
          {asked.length > 1 && (
            <AnswerTable asked={asked} classes={classifier.classes} mayGiveFeedback={mayGiveFeedback} />
          )}
        </section>
      </div>
    </div>
  )
}

async function askZip(classifier: string, file: File): Promise<readonly AskedPicture[]> {
  const { predictions } = await call('POST /api/predict/batch', { classifier, files: [file] })
  return predictions.map((one, i) => ({
    key: `${file.name} ${i} ${crypto.randomUUID()}`,
    name: one.filename ?? `picture ${i + 1}`,
    file: null,
    preview: null,
    answer: one.success ? one : null,
    failure: one.success ? null : { detail: one.error },
  }))
}
