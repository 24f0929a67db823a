/**
 * The events of a training run as they happen, for any number of readers: one poll per run, shared by all its
 * readers, and one copy of each event. Read-only; lib/http delivers the events.
 */
import { storedEvent } from '#lib/contracts/stored-json.ts'
import type { RunAnswer, RunEventAnswer } from '#lib/contracts/retrain.ts'
import type { StoredEvent } from '#lib/data/runs/run-event-rows.ts'
import { isActive } from '#lib/data/runs/runs.ts'
import { parsed } from '#lib/data/store.ts'
import type { Store } from '#lib/data/store.ts'
import { stageAnswer } from './run-stage.ts'

const POLL_EVERY_MS = 250
const EVENTS_AT_ONCE = 500

type Channel = {
  /** All of the run, in order of `seq`; shared by its readers. */
  readonly events: RunEventAnswer[]
  /** Resolved and cleared when new events arrive. */
  readonly waiting: Set<() => void>
  run: RunAnswer
  /** Index of the latest state in `events`; -1 if there is none. */
  latestState: number
  /** Opening events by the `seq` that readers have already seen; all hold `run`. */
  openings: Map<number, RunEventAnswer>
  isOver: boolean
  readers: number
  timer: NodeJS.Timeout | undefined
}

export type RunEvents = {
  /**
   * The run as a reader may see it: from its other readers where there are any, otherwise read once for all
   * who request it at the same time. Null where it does not exist.
   */
  readonly runOf: (id: string) => Promise<RunAnswer | null>
  /** `run`: as it is now. */
  readonly follow: (request: {
    readonly run: RunAnswer
    readonly after: number
    readonly signal: AbortSignal
  }) => AsyncGenerator<RunEventAnswer>
}

/** `find`: a run as it is now; null where it has been deleted. */
export function followRuns(
  prisma: Pick<Store['prisma'], 'runEvent'>,
  find: (id: string) => Promise<RunAnswer | null>,
): RunEvents {
  const channels = new Map<string, Channel>()
  const pending = new Map<string, Promise<RunAnswer | null>>()

  async function runOf(id: string): Promise<RunAnswer | null> {
    const followed = channels.get(id)
    if (followed) return followed.run
    const reading = pending.get(id) ?? find(id).finally(() => pending.delete(id))
    pending.set(id, reading)
    return reading
  }

  function join(run: RunAnswer): Channel {
    const known = channels.get(run.id)
    if (known) {
      known.readers += 1
      return known
    }
    const channel: Channel = {
      events: [],
      waiting: new Set(),
      run,
      latestState: -1,
      openings: new Map(),
      isOver: false,
      readers: 1,
      timer: undefined,
    }
    channels.set(run.id, channel)
    void poll(run.id, channel)
    return channel
  }

  function leave(id: string, channel: Channel): void {
    channel.readers -= 1
    if (channel.readers > 0) return
    clearTimeout(channel.timer)
    if (channels.get(id) === channel) channels.delete(id)
  }

  /** A failed poll is retried by the next one: the database may be locked for a moment. */
  async function poll(id: string, channel: Channel): Promise<void> {
    const hasMore = await readInto(id, channel).catch(() => false)
    if (channel.isOver && channels.get(id) === channel) channels.delete(id)
    if (!channel.isOver && channel.readers > 0)
      channel.timer = setTimeout(() => void poll(id, channel), hasMore ? 0 : POLL_EVERY_MS)
  }

  async function readInto(id: string, channel: Channel): Promise<boolean> {
    const before = await find(id) // so that no event is missed after the last poll
    const stored = before === null ? [] : await eventsAfter(id, channel.events.at(-1)?.seq ?? 0)
    // read again, so that the run is not older than its events
    const run = stored.some(({ event }) => event.kind === 'run') ? await find(id) : before
    if (run !== null && stored.length > 0) {
      channel.run = run
      channel.openings = new Map()
      for (const { seq, event } of stored) {
        if (event.kind === 'run') {
          const earlier = channel.events[channel.latestState]
          // no reader needs it any more, and a state may be large
          if (earlier?.kind === 'run') channel.events[channel.latestState] = { ...earlier, run }
          channel.latestState = channel.events.length
        }
        channel.events.push(event.kind === 'run' ? { kind: 'run', seq, run } : eventAnswer(seq, event))
      }
    }
    channel.isOver = run === null || (stored.length === 0 && !isActive(run.state))
    if (stored.length > 0 || channel.isOver) wake(channel)
    return stored.length === EVENTS_AT_ONCE
  }

  async function eventsAfter(
    runId: string,
    seq: number,
  ): Promise<readonly { readonly seq: number; readonly event: StoredEvent }[]> {
    const rows = await prisma.runEvent.findMany({
      where: { runId, seq: { gt: seq } },
      orderBy: { seq: 'asc' },
      take: EVENTS_AT_ONCE,
    })
    return rows.map((row) => ({ seq: row.seq, event: parsed(storedEvent, row.eventJson) }))
  }

  function openingOf(channel: Channel, after: number): RunEventAnswer {
    const opening = channel.openings.get(after) ?? { kind: 'run', seq: after, run: channel.run }
    channel.openings.set(after, opening)
    return opening
  }

  /**
   * The whole state first, then the events after `after`, then new ones as they arrive; of several pending
   * states, only the latest. Ends with the run.
   */
  async function* follow({
    run,
    after,
    signal,
  }: {
    run: RunAnswer
    after: number
    signal: AbortSignal
  }): AsyncGenerator<RunEventAnswer> {
    const channel = join(run)
    try {
      yield openingOf(channel, after)
      let next = firstAfter(channel.events, after)
      while (!signal.aborted) {
        const end = channel.events.length
        for (; next < end && !signal.aborted; next++) {
          const event = channel.events[next]!
          if (event.seq > after && (event.kind !== 'run' || next >= channel.latestState)) yield event
        }
        if (next < channel.events.length) continue
        if (channel.isOver) return
        await changeOf(channel, signal)
      }
    } finally {
      leave(run.id, channel)
    }
  }

  return { runOf, follow }
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

/** Index of the first event that this reader has not seen (binary search). */
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
