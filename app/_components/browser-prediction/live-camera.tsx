'use client'
/** The camera with a prediction for what it shows, computed in this browser as often as it can; and a button that takes
 *  an image. Nothing is sent until an image is taken. */
import { useEffect, useState, type RefObject } from 'react'
import type { BrowserModel, BrowserPrediction } from '#lib/browser/browser-model.ts'
import { readFrame } from '#lib/browser/read-image.ts'
import { Bars } from '#lib/ui/bars.tsx'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { DecisionBadge } from '../decision-badge.tsx'
import { CameraNotice } from './camera-notice.tsx'
import { useCamera } from './use-camera.ts'

/** Frames over which the rate is averaged. */
const RATE_FRAMES = 20
const FEWEST_FRAMES = 5

type Live = { readonly prediction: BrowserPrediction; readonly framesPerSecond: number | null }

export default function LiveCamera({
  model,
  onImage,
}: {
  /** Null while predictions are computed on the server. */
  readonly model: BrowserModel | null
  readonly onImage: (file: File) => void
}) {
  const { video, state, start, stop } = useCamera()
  const live = useLivePrediction(video, state.kind === 'on' ? model : null)
  const take = async () => {
    const { frameFile } = await import('#lib/browser/camera.ts')
    const file = video.current && frameFile(video.current, { name: 'camera', takenAt: new Date() })
    if (file) onImage(file)
  }
  return (
    <Card
      title="Camera"
      actions={
        state.kind === 'on' ? (
          <>
            <Button variant="primary" onClick={() => void take()}>
              Predict this image
            </Button>
            <Button onClick={stop}>Stop the camera</Button>
          </>
        ) : (
          <Button variant="primary" isBusy={state.kind === 'starting'} onClick={start}>
            Start the camera
          </Button>
        )
      }
    >
      <video ref={video} className="tile-image aspect-auto" muted playsInline hidden={state.kind !== 'on'} />
      {state.kind === 'failed' && <CameraNotice error={state.error} />}
      {state.kind !== 'on' && state.kind !== 'failed' && (
        <p className="small muted">Camera images stay on this device until you take a photo.</p>
      )}
      {state.kind === 'on' && model === null && (
        <p className="small muted">Choose “In this browser” for predictions while you move the camera.</p>
      )}
      {live && (
        <section aria-label="Live prediction" className="grid gap-2">
          <p className="answer">{live.prediction.predicted_class}</p>
          <p className="row">
            <FigureNumber share={live.prediction.confidence} size="large" />
            <DecisionBadge decision={live.prediction.decision} />
          </p>
          <Bars
            label="Probabilities of what the camera shows"
            probabilities={live.prediction.probabilities}
          />
          {live.framesPerSecond !== null && (
            <p className="caption">{live.framesPerSecond.toFixed(1)} frames per second</p>
          )}
        </section>
      )}
    </Card>
  )
}

/** One frame after the other: the next is read when the last was predicted and the page was painted. A frame whose
 *  prediction fails is skipped: the model may have been switched off meanwhile. */
function useLivePrediction(
  video: RefObject<HTMLVideoElement | null>,
  model: BrowserModel | null,
): Live | null {
  const [live, setLive] = useState<Live | null>(null)
  useEffect(() => {
    if (!model) return
    let hasEnded = false
    let frame = 0
    const times: number[] = []
    const rate = (): number | null => {
      times.push(performance.now())
      if (times.length > RATE_FRAMES) times.shift()
      const seconds = (times.at(-1)! - times[0]!) / 1_000
      return times.length < FEWEST_FRAMES ? null : (times.length - 1) / seconds
    }
    const next = async () => {
      const read = video.current && readFrame(video.current)
      const prediction = read && (await model.predict(read.image).catch(() => null))
      if (hasEnded) return
      if (prediction) setLive({ prediction, framesPerSecond: rate() })
      frame = requestAnimationFrame(() => void next())
    }
    void next()
    return () => {
      hasEnded = true
      cancelAnimationFrame(frame)
      setLive(null)
    }
  }, [video, model])
  return live
}
