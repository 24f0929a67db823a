'use client'
/** The current state of a training run: what the server rendered, updated by each event. It stops listening
 *  when the run has ended. */
import { useEffect, useEffectEvent, useState } from 'react'
import { follow, type RunEvent } from '#lib/contracts/client.ts'
import type { EpochPoint } from '#lib/contracts/epoch.ts'
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import { advancedRun, isUnderWay } from './run-progress.ts'

const MAX_STEPS = 240
const MAX_LINES = 500

type Step = Extract<RunEvent, { kind: 'step' }>
type Line = { readonly seq: number; readonly at: string; readonly message: string }
export type RunStream = {
  readonly run: RunAnswer
  readonly points: readonly EpochPoint[]
  readonly steps: readonly Step[]
  readonly lines: readonly Line[]
  readonly isLost: boolean
}

export function useRunStream(
  first: RunAnswer,
  onEnd: () => void,
): RunStream & { readonly put: (run: RunAnswer) => void } {
  const [stream, setStream] = useState<RunStream>({
    run: first,
    points: first.points,
    steps: [],
    lines: [],
    isLost: false,
  })
  const [connection, setConnection] = useState({ count: 0, isLive: isUnderWay(first) })
  const receive = useEffectEvent((event: RunEvent) => setStream((before) => after(before, event)))
  const end = useEffectEvent(() => {
    if (connection.isLive) onEnd()
  })
  const lose = useEffectEvent(() => setStream((before) => ({ ...before, isLost: true })))

  // the events of a run that has ended are read once, for its log; a resumed run needs a new connection
  useEffect(
    () => follow(first.id, (event) => receive(event), { onEnd: () => end(), onLost: () => lose() }),
    [first.id, connection.count],
  )

  const put = (run: RunAnswer) => {
    setStream((before) => ({ ...before, run, isLost: false }))
    setConnection(({ count }) => ({ count: count + 1, isLive: true }))
  }
  return { ...stream, put }
}

/** Events may repeat after a lost connection; `seq` and `epoch` identify them. Between two events about the
 *  whole run, its stages and steps update the progress. */
function after(before: RunStream, event: RunEvent): RunStream {
  switch (event.kind) {
    case 'run':
      return { ...before, isLost: false, run: event.run, points: merged(before.points, event.run.points) }
    case 'epoch':
      return { ...before, points: merged(before.points, [event.point]) }
    case 'step':
      return before.steps.some(({ seq }) => seq === event.seq)
        ? before
        : {
            ...before,
            run: advancedRun(before.run, event),
            steps: [...before.steps.slice(-MAX_STEPS), event],
          }
    case 'stage':
      return { ...before, run: advancedRun(before.run, event) }
    case 'log':
      return before.lines.some(({ seq }) => seq === event.seq)
        ? before
        : { ...before, lines: [...before.lines.slice(-MAX_LINES), event] }
  }
}

function merged(known: readonly EpochPoint[], more: readonly EpochPoint[]): readonly EpochPoint[] {
  return [...new Map([...known, ...more].map((point) => [point.epoch, point])).values()].toSorted(
    (a, b) => a.epoch - b.epoch,
  )
}
