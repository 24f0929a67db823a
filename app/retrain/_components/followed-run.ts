'use client'
/** A run as it is now: what the server said at first, and every event since. It stops listening when the run
 *  has ended. */
import { useEffect, useEffectEvent, useState } from 'react'
import { follow, type RunEvent } from '#lib/contracts/client.ts'
import type { EpochPoint } from '#lib/contracts/epoch.ts'
import type { RunAnswer } from '#lib/contracts/retrain.ts'

const STEPS_KEPT = 240
const LINES_KEPT = 500

type Step = Extract<RunEvent, { kind: 'step' }>
type Line = { readonly seq: number; readonly at: string; readonly message: string }
export type FollowedRun = {
  readonly run: RunAnswer
  readonly points: readonly EpochPoint[]
  readonly steps: readonly Step[]
  readonly lines: readonly Line[]
  readonly isLost: boolean
}

export const isUnderWay = ({ state }: RunAnswer): boolean =>
  state === 'queued' || state === 'running' || state === 'judging'

export function useFollowedRun(
  first: RunAnswer,
  onEnd: () => void,
): FollowedRun & { readonly put: (run: RunAnswer) => void } {
  const [followed, setFollowed] = useState<FollowedRun>({
    run: first,
    points: first.points,
    steps: [],
    lines: [],
    isLost: false,
  })
  const [sitting, setSitting] = useState({ count: 0, isLive: isUnderWay(first) })
  const hear = useEffectEvent((event: RunEvent) => setFollowed((before) => after(before, event)))
  const end = useEffectEvent(() => {
    if (sitting.isLive) onEnd()
  })
  const lose = useEffectEvent(() => setFollowed((before) => ({ ...before, isLost: true })))

  // a run that has ended is read through once, for its log; one that goes on after a stop is a new sitting
  useEffect(
    () => follow(first.id, (event) => hear(event), { onEnd: () => end(), onLost: () => lose() }),
    [first.id, sitting.count],
  )

  const put = (run: RunAnswer) => {
    setFollowed((before) => ({ ...before, run, isLost: false }))
    setSitting(({ count }) => ({ count: count + 1, isLive: true }))
  }
  return { ...followed, put }
}

/** Events may come twice after a lost connection: `seq` and `epoch` tell. Between two words on the whole run
 *  its steps say how far it is. */
function after(before: FollowedRun, event: RunEvent): FollowedRun {
  switch (event.kind) {
    case 'run':
      return { ...before, isLost: false, run: event.run, points: merged(before.points, event.run.points) }
    case 'epoch':
      return { ...before, points: merged(before.points, [event.point]) }
    case 'step':
      return before.steps.some(({ seq }) => seq === event.seq)
        ? before
        : { ...before, run: advanced(before.run, event), steps: [...before.steps.slice(-STEPS_KEPT), event] }
    case 'log':
      return before.lines.some(({ seq }) => seq === event.seq)
        ? before
        : { ...before, lines: [...before.lines.slice(-LINES_KEPT), event] }
  }
}

/** A hundred percent is for the verdict to reach. */
function advanced(run: RunAnswer, { step, steps }: Step): RunAnswer {
  return run.state === 'running' && steps > 0
    ? { ...run, progress: Math.max(run.progress, Math.min(99, (100 * step) / steps)) }
    : run
}

function merged(known: readonly EpochPoint[], more: readonly EpochPoint[]): readonly EpochPoint[] {
  return [...new Map([...known, ...more].map((point) => [point.epoch, point])).values()].toSorted(
    (a, b) => a.epoch - b.epoch,
  )
}
