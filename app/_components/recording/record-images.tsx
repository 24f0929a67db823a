'use client'
/** The camera with a button that records images of a class while it is held. Nothing is sent before the user has seen
 *  the images and sends them. */
import { useEffect, useId, useState } from 'react'
import { counted } from '#lib/domain/text/count-text.ts'
import { Button } from '#lib/ui/button.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { CameraNotice } from '../browser-prediction/camera-notice.tsx'
import { useCamera } from '../browser-prediction/use-camera.ts'
import { ClassField } from '../class-field.tsx'
import { BurstList } from './burst-list.tsx'
import { framesIn, FRAMES_PER_SECOND, LONGEST_SECONDS, MOST_FRAMES, type Burst } from './bursts.ts'
import { HoldButton } from './hold-button.tsx'
import { useRecording } from './use-recording.ts'

type RecordImagesProps = {
  readonly classes: readonly string[]
  /** The class of all images; null: the user names it. */
  readonly onlyClass: string | null
  readonly progress: { readonly label: string; readonly percent: number | null } | null
  readonly onSend: (bursts: readonly Burst[], onSent: (burst: Burst) => void) => void
  readonly onClose: (() => void) | null
}

export default function RecordImages({ classes, onlyClass, progress, onSend, onClose }: RecordImagesProps) {
  const { video, state, start, stop } = useCamera()
  const recording = useRecording(video)
  const [typed, setTyped] = useState('')
  const hintId = useId()
  useEffect(start, [start])
  const label = (onlyClass ?? typed).trim()
  const waiting = framesIn(recording.bursts).length
  const isSending = progress !== null
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-3" aria-label="Record with the camera">
      {onlyClass === null && (
        <div className="max-w-sm">
          <ClassField
            label="Class to record"
            value={typed}
            classes={classes}
            isDisabled={recording.count !== null}
            onValue={setTyped}
          />
        </div>
      )}
      <video ref={video} className="camera-view" muted playsInline hidden={state.kind !== 'on'} />
      {state.kind === 'starting' && (
        <p className="small muted">Waiting for the camera. Allow this page to use it.</p>
      )}
      {state.kind === 'failed' && <CameraNotice error={state.error} />}
      <div className="row">
        {state.kind === 'on' && (
          <HoldButton
            isOn={recording.count !== null}
            disabled={label === '' || recording.isFull || isSending}
            describedBy={hintId}
            onHold={() => recording.begin(label)}
            onRelease={recording.end}
          >
            {recording.count === null ? 'Hold to record' : `Recording: ${recording.count} of ${MOST_FRAMES}`}
          </HoldButton>
        )}
        {state.kind === 'failed' && <Button onClick={start}>Try again</Button>}
        {onClose && waiting === 0 && (
          <Button
            variant="quiet"
            onClick={() => {
              stop()
              onClose()
            }}
          >
            Close the camera
          </Button>
        )}
      </div>
      {state.kind === 'on' && (
        <p className="small muted" id={hintId}>
          {hintOf({ label, isFull: recording.isFull })}
        </p>
      )}
      <BurstList
        bursts={recording.bursts}
        isDisabled={isSending || recording.count !== null}
        onDeleteFrame={recording.deleteFrame}
        onDeleteBurst={recording.deleteBurst}
      />
      {progress && <Progress label={progress.label} percent={progress.percent} />}
      {waiting > 0 && !progress && (
        <div className="row">
          <Button
            variant="primary"
            disabled={recording.count !== null}
            onClick={() => onSend(recording.bursts, ({ key }) => recording.deleteBurst(key))}
          >
            Add {counted(waiting, 'image')}
          </Button>
        </div>
      )}
    </section>
  )
}

function hintOf({ label, isFull }: { readonly label: string; readonly isFull: boolean }): string {
  if (isFull) return 'Add or delete these images before you record more.'
  if (label === '') return 'Name the class first.'
  return (
    `Hold the button, or the space bar on it: ${FRAMES_PER_SECOND} images per second, for up to ` +
    `${LONGEST_SECONDS} seconds. A tap takes one. Turn the object or move the camera meanwhile. The images of one ` +
    'recording stay together: all are used for training, or all for testing.'
  )
}
