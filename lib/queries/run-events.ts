/** The events of a training as they happen, for any number of readers: one look at the rows for all who
 *  follow a run, and one copy of each event. It writes nothing; how events reach a reader is lib/http's. */
import type { RunAnswer, RunEventAnswer } from '#lib/contracts/retrain.ts'
import { eventsAfter, type StoredEvent } from '#lib/data/run-event-rows.ts'
import { isActive, runIn } from '#lib/data/runs.ts'
import type { Store } from '#lib/data/store.ts'
import type { Run } from '#lib/data/values.ts'
import { stageAnswer } from './run-stage.ts'

const LOOK_EVERY_MS = 250
const EVENTS_AT_ONCE = 500

type Channel = {
  /** All of the run, in order of `seq`; shared by its readers. */
  readonly events: RunEventAnswer[]
  /** Resolved and emptied when something has come. */
  readonly waiting: Set<() => void>
  run: RunAnswer
  /** Where the newest state stands among the events; -1: nowhere. */
  newestState: number
  /** Opening events by the `seq` that readers have already seen; all hold `run`. */
  openings: Map<number, RunEventAnswer>
  isOver: boolean
  readers: number
  timer: NodeJS.Timeout | undefined
}

export type RunEvents = {
  readonly follow: (request: {
    readonly id: string
    readonly after: number
    readonly signal: AbortSignal
  }) => AsyncGenerator<RunEventAnswer>
}

export function runEventsOf({ connection }: Store, answerOf: (run: Run) => RunAnswer): RunEvents {
  const channels = new Map<string, Channel>()

  function join(id: string): Channel {
    const known = channels.get(id)
    if (known) {
      known.readers += 1
      return known
    }
    const channel: Channel = {
      events: [],
      waiting: new Set(),
      run: answerOf(runIn(connection, id)),
      newestState: -1,
      openings: new Map(),
      isOver: false,
      readers: 1,
      timer: undefined,
    }
    channels.set(id, channel)
    look(id, channel)
    return channel
  }

  function leave(id: string, channel: Channel): void {
    channel.readers -= 1
    if (channel.readers > 0) return
    clearTimeout(channel.timer)
    if (channels.get(id) === channel) channels.delete(id)
  }

  /** A failing look is the next one's to repeat: the database may be locked for a moment, or the run deleted. */
  function look(id: string, channel: Channel): void {
    let hasMore = false
    try {
      hasMore = readInto(id, channel)
    } catch {
      channel.isOver = isGone(id)
      if (channel.isOver) wake(channel)
    }
    if (channel.isOver && channels.get(id) === channel) channels.delete(id)
    if (!channel.isOver && channel.readers > 0)
      channel.timer = setTimeout(() => look(id, channel), hasMore ? 0 : LOOK_EVERY_MS)
  }

  function isGone(id: string): boolean {
    try {
      return connection.one('SELECT 1 FROM "Run" WHERE "id" = ?', id) === undefined
    } catch {
      return false
    }
  }

  function readInto(id: string, channel: Channel): boolean {
    const run = runIn(connection, id) // before its events, so that none is missed after the last look
    const stored = eventsAfter(connection, id, channel.events.at(-1)?.seq ?? 0, EVENTS_AT_ONCE)
    if (stored.length > 0) {
      channel.run = answerOf(run)
      channel.openings = new Map()
      for (const { seq, event } of stored) {
        if (event.kind === 'run') {
          const before = channel.events[channel.newestState]
          // nobody reads it any more, and a state may be large
          if (before?.kind === 'run') channel.events[channel.newestState] = { ...before, run: channel.run }
          channel.newestState = channel.events.length
        }
        channel.events.push(
          event.kind === 'run' ? { kind: 'run', seq, run: channel.run } : eventAnswer(seq, event),
        )
      }
    }
    channel.isOver = stored.length === 0 && !isActive(run.state)
    if (stored.length > 0 || channel.isOver) wake(channel)
    return stored.length === EVENTS_AT_ONCE
  }

  function openingOf(channel: Channel, after: number): RunEventAnswer {
    const opening = channel.openings.get(after) ?? { kind: 'run', seq: after, run: channel.run }
    channel.openings.set(after, opening)
    return opening
  }

  /** The whole state first, then what came after `after`, then what comes; of several states that wait only
   *  the newest. Ends with the run. */
  async function* follow({
    id,
    after,
    signal,
  }: {
    id: string
    after: number
    signal: AbortSignal
  }): AsyncGenerator<RunEventAnswer> {
    const channel = join(id)
    try {
      yield openingOf(channel, after)
      let next = firstAfter(channel.events, after)
      while (!signal.aborted) {
        const end = channel.events.length
        for (; next < end && !signal.aborted; next++) {
          const event = channel.events[next]!
          if (event.kind !== 'run' || next >= channel.newestState) yield event
        }
        if (next < channel.events.length) continue
        if (channel.isOver) return
        await changeOf(channel, signal)
      }
    } finally {
      leave(id, channel)
    }
  }

  return { follow }
}

const wake = ({ waiting }: Channel): void => {
  for (const resolve of [...waiting]) resolve()
}

function changeOf({ waiting }: Channel, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const end = () => {
      waiting.delete(end)
      signal.removeEventListener('abort', end)
      resolve()
    }
    waiting.add(end)
    signal.addEventListener('abort', end)
  })
}

/** Where events begin that this reader has not seen, by halving. */
function firstAfter(events: readonly RunEventAnswer[], after: number): number {
  let [low, high] = [0, events.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (events[middle]!.seq <= after) low = middle + 1
    else high = middle
  }
  return low
}

function eventAnswer(seq: number, event: Exclude<StoredEvent, { kind: 'run' }>): RunEventAnswer {
  switch (event.kind) {
    case 'step':
      return {
        kind: 'step',
        seq,
        epoch: event.epoch,
        step: event.step,
        steps: event.steps,
        loss: event.loss,
        learning_rate: event.learningRate,
        images_per_second: event.imagesPerSecond,
        eta_seconds: event.etaSeconds,
        memory_mb: event.memoryMb,
      }
    case 'epoch':
      return { kind: 'epoch', seq, point: event.point }
    case 'stage':
      return { kind: 'stage', seq, ...stageAnswer(event) }
    case 'log':
      return { kind: 'log', seq, at: event.at, message: event.message }
  }
}
