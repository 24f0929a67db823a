'use client'
/** What a phone does by its link: record, take and choose images of a class, and predict one. */
import dynamic from 'next/dynamic'
import { useState, type ReactNode } from 'react'
import type { PhoneSession } from '#lib/contracts/phone-links.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { Button, buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { numberText } from '#lib/ui/figure-number.tsx'
import { ClassField } from '../../../_components/class-field.tsx'
import { predictImage, sendImages, type PhonePrediction } from './phone-requests.ts'
import { useHiddenToken } from './use-hidden-token.ts'

/** Loaded when the camera is opened. */
const RecordImages = dynamic(() => import('../../../_components/recording/record-images.tsx'), { ssr: false })
const NOT_SENT = 'The images were not sent'
const SENDING = { label: 'Sending…', percent: null } as const

type PhoneSessionFormProps = { readonly token: string; readonly session: PhoneSession }

export function PhoneSessionForm({ token, session }: PhoneSessionFormProps) {
  useHiddenToken(token)
  const [typed, setTyped] = useState('')
  const [isRecording, setIsRecording] = useState(false)
  const [isSending, setIsSending] = useState(false)
  const [messages, setMessages] = useState<readonly string[]>([])
  const [failure, setFailure] = useState<{ title: string; detail: string } | null>(null)
  const [prediction, setPrediction] = useState<PhonePrediction | null>(null)
  const label = (session.label ?? typed).trim()

  const work = async (failureTitle: string, request: () => Promise<void>) => {
    setIsSending(true)
    setFailure(null)
    await request().catch((cause: unknown) =>
      setFailure({ title: failureTitle, detail: cause instanceof Error ? cause.message : String(cause) }),
    )
    setIsSending(false)
  }
  const send = (files: readonly File[], isOneGroup: boolean) =>
    sendImages(token, { label, files, isOneGroup }).then(setMessages)
  return (
    <>
      <Card title={session.label === null ? 'Add images' : `Add images of ${session.label}`}>
        <p className="small muted" suppressHydrationWarning>
          The link works until {timeOf(session.expires_at)}, for {counted(session.images_left, 'more image')}.
        </p>
        {session.label === null && (
          <ClassField
            label="Class of the images"
            value={typed}
            classes={session.classes}
            isDisabled={isSending}
            onValue={setTyped}
          />
        )}
        <div className="row">
          {!isRecording && (
            <Button variant="primary" onClick={() => setIsRecording(true)}>
              Record with the camera
            </Button>
          )}
          <FileButton
            name="Take a photo"
            isCamera
            isDisabled={label === '' || isSending}
            onFiles={(files) => void work(NOT_SENT, () => send(files, false))}
          />
          <FileButton
            name="Choose images"
            isDisabled={label === '' || isSending}
            onFiles={(files) => void work(NOT_SENT, () => send(files, false))}
          />
        </div>
        {isRecording && (
          <RecordImages
            classes={[]}
            onlyClass={label}
            progress={isSending ? SENDING : null}
            onSend={(bursts, onSent) =>
              void work(NOT_SENT, async () => {
                for (const burst of bursts) {
                  await send(
                    burst.frames.map((frame) => frame.file),
                    true,
                  )
                  onSent(burst)
                }
              })
            }
            onClose={() => setIsRecording(false)}
          />
        )}
        {failure && <ErrorNotice title={failure.title} failure={failure} />}
        <div role="status">
          {messages.map((message) => (
            <p key={message}>{message}</p>
          ))}
        </div>
      </Card>
      {session.may_predict && (
        <Card title="Predict">
          <p className="small muted">Take a photo to see which class the classifier predicts.</p>
          <div className="row">
            <FileButton
              name="Predict a photo"
              isCamera
              isDisabled={isSending}
              onFiles={([file]) =>
                void work('The image was not predicted', async () => {
                  if (file) setPrediction(await predictImage(token, file))
                })
              }
            />
          </div>
          {prediction && (
            <p role="status">
              <strong className="answer">{prediction.predicted_class}</strong>,{' '}
              {numberText({ share: prediction.confidence })}
            </p>
          )}
        </Card>
      )}
    </>
  )
}

/** Opens the camera app, or the photos of the phone: both work without HTTPS. */
function FileButton({
  name,
  isCamera = false,
  isDisabled,
  onFiles,
}: {
  readonly name: ReactNode
  readonly isCamera?: boolean
  readonly isDisabled: boolean
  readonly onFiles: (files: readonly File[]) => void
}) {
  return (
    <label {...buttonProps()} aria-disabled={isDisabled}>
      {name}
      <input
        type="file"
        className="sr-only"
        accept="image/jpeg,image/png,image/webp,image/*"
        disabled={isDisabled}
        multiple={!isCamera}
        {...(isCamera && { capture: 'environment' as const })}
        onChange={(event) => {
          const { files } = event.currentTarget
          if (files && files.length > 0) onFiles([...files])
          event.currentTarget.value = ''
        }}
      />
    </label>
  )
}

const timeOf = (time: string): string =>
  new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
