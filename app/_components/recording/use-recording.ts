'use client'
/** Records frames of a video between begin() and end(), a few per second, and keeps them until they are
 *  sent or deleted. */
import { useEffect, useRef, useState, type RefObject } from 'react'
import { frameFile } from '#lib/browser/camera.ts'
import {
  FRAMES_PER_SECOND,
  frameName,
  framesIn,
  MOST_FRAMES,
  MOST_WAITING,
  withFrame,
  withoutFrame,
  type Burst,
} from './bursts.ts'

export function useRecording(video: RefObject<HTMLVideoElement | null>) {
  const [bursts, setBursts] = useState<readonly Burst[]>([])
  /** Of the recording that runs; null: none does. */
  const [current, setCurrent] = useState<string | null>(null)
  const timer = useRef<number | null>(null)
  const shown = useRef<readonly Burst[]>([])
  const change = (next: (before: readonly Burst[]) => readonly Burst[]) => {
    const before = shown.current
    shown.current = next(before)
    const left = new Set(framesIn(shown.current))
    for (const frame of framesIn(before)) if (!left.has(frame)) URL.revokeObjectURL(frame.url)
    setBursts(shown.current)
  }
  useEffect(
    () => () => {
      if (timer.current !== null) clearInterval(timer.current)
      for (const { url } of framesIn(shown.current)) URL.revokeObjectURL(url)
    },
    [],
  )

  const end = () => {
    if (timer.current !== null) clearInterval(timer.current)
    timer.current = null
    setCurrent(null)
  }
  const begin = (label: string) => {
    if (timer.current !== null) return
    const key = crypto.randomUUID()
    const startedAt = new Date()
    let taken = 0
    const take = () => {
      const name = frameName(startedAt, taken + 1)
      const file = video.current && frameFile(video.current, { name, takenAt: new Date() })
      if (!file) return
      taken += 1
      const frame = { key: `${key}-${taken}`, file, url: URL.createObjectURL(file) }
      change((before) => withFrame(before, { key, label }, frame))
      if (taken >= MOST_FRAMES || framesIn(shown.current).length >= MOST_WAITING) end()
    }
    setCurrent(key)
    timer.current = window.setInterval(take, 1_000 / FRAMES_PER_SECOND)
    take()
  }
  return {
    bursts,
    /** Frames of the recording that runs; null: none does. */
    count: current === null ? null : (bursts.find(({ key }) => key === current)?.frames.length ?? 0),
    isFull: framesIn(bursts).length >= MOST_WAITING,
    begin,
    end,
    deleteFrame: (key: string) => change((before) => withoutFrame(before, key)),
    deleteBurst: (key: string) => change((before) => before.filter((burst) => burst.key !== key)),
  }
}
