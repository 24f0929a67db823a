'use client'
/** The camera in a video element: started and stopped by buttons, and stopped when the component goes. */
import { useCallback, useEffect, useRef, useState, type RefObject } from 'react'
import type { CameraUnavailable } from '#lib/browser/camera.ts'

export type CameraState =
  | { readonly kind: 'off' | 'starting' | 'on' }
  | { readonly kind: 'failed'; readonly error: Pick<CameraUnavailable, 'message' | 'problem'> }

export function useCamera(): {
  readonly video: RefObject<HTMLVideoElement | null>
  readonly state: CameraState
  readonly start: () => void
  readonly stop: () => void
} {
  const video = useRef<HTMLVideoElement>(null)
  const stream = useRef<MediaStream | null>(null)
  const [state, setState] = useState<CameraState>({ kind: 'off' })

  const stop = useCallback(() => {
    stream.current?.getTracks().forEach((track) => track.stop())
    stream.current = null
    setState({ kind: 'off' })
  }, [])

  const start = useCallback(() => {
    const open = async () => {
      const { CameraUnavailable, openCamera } = await import('#lib/browser/camera.ts')
      try {
        stream.current = await openCamera('environment')
        if (!video.current) return stop()
        // a camera that is unplugged; `stop` does not send this event
        const unplugged = () => setState(failure(new CameraUnavailable('missing')))
        stream.current.getVideoTracks()[0]?.addEventListener('ended', unplugged)
        video.current.srcObject = stream.current
        await video.current.play()
        setState({ kind: 'on' })
      } catch (error) {
        setState(failure(error instanceof CameraUnavailable ? error : new CameraUnavailable('busy', error)))
      }
    }
    setState({ kind: 'starting' })
    void open()
  }, [stop])

  useEffect(() => () => stream.current?.getTracks().forEach((track) => track.stop()), [])
  return { video, state, start, stop }
}

const failure = ({ message, problem }: CameraUnavailable): CameraState => ({
  kind: 'failed',
  error: { message, problem },
})
