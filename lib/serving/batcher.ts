/**
 * Lets a free engine take everything in the queue: work-conserving, bounded, with deadlines. Items of bulk
 * requests queue behind the others, with a guaranteed share of each batch. It knows nothing about images or
 * child processes.
 */
import type { SteadyClock } from '#lib/domain/ports.ts'
import { deadlinePassed, clientDisconnected, overloaded } from './refusals.ts'

/** The share of a batch reserved for bulk items when both kinds wait: one in four. */
const BULK_PART = 4
/**
 * Bulk items with a different key fit into no batch of single items; after this many batches without bulk
 * items they start a batch of their own.
 */
const MOST_BATCHES_WITHOUT_BULK = BULK_PART - 1
/** In an overload a turn of the event loop takes tens of milliseconds, and each one adds items. */
const LONGEST_GATHERING_MS = 10

export type BatcherParts<I, O> = {
  /** Largest batch: the size where one more image stops being cheaper. */
  readonly most: number
  /** Most items that may wait; further ones are refused at once. */
  readonly capacity: number
  /** Items that have waited longer when their batch starts are refused, except bulk items; default: none are. */
  readonly longestWaitMs?: () => number
  /** How many batches may currently run at the same time. */
  readonly lanes: () => number
  /** Only items with the same key share a batch. */
  readonly keyOf: (item: I) => string
  /** Whether the item is one of many in a request; the others go first. */
  readonly isBulk?: (item: I) => boolean
  /** Returns exactly one result per item, in order. */
  readonly run: (items: readonly I[]) => Promise<readonly O[]>
  readonly clock: SteadyClock
  /**
   * Calls back at the end of this turn of the event loop: a batch starts when a turn has added no further item, so
   * that requests that arrive together share one; default: setImmediate.
   */
  readonly soon?: (then: () => void) => void
}

export type Batcher<I, O> = {
  /**
   * Resolves with the result of its batch. Rejects when the queue is full, when `deadline` (on the clock)
   * passes while the item waits, or when the client has disconnected.
   */
  readonly submit: (
    item: I,
    deadline: number,
    signal?: AbortSignal,
  ) => Promise<{ output: O; queuedMs: number }>
  /** To be called when a lane may have become free for a reason the batcher cannot see. */
  readonly wake: () => void
  readonly figures: () => { waiting: number; batches: number; items: number }
}

type QueuedItem<I, O> = {
  readonly item: I
  readonly since: number
  readonly deadline: number
  readonly signal: AbortSignal | undefined
  readonly resolve: (answer: { output: O; queuedMs: number }) => void
  readonly reject: (error: unknown) => void
}

export function createBatcher<I, O>({
  most,
  capacity,
  longestWaitMs = () => Infinity,
  lanes,
  keyOf,
  isBulk = () => false,
  run,
  clock,
  soon = setImmediate,
}: BatcherParts<I, O>): Batcher<I, O> {
  const singles: QueuedItem<I, O>[] = []
  const bulk: QueuedItem<I, O>[] = []
  let batchesWithoutBulk = 0
  let running = 0
  let batches = 0
  let items = 0
  let cancelTimer: (() => void) | null = null
  let isScheduled = false

  const submit = (item: I, deadline: number, signal?: AbortSignal) =>
    new Promise<{ output: O; queuedMs: number }>((resolve, reject) => {
      // what a free lane takes at the end of this turn does not wait
      if (count() >= capacity + Math.max(0, lanes() - running)) return reject(overloaded(count()))
      const waiting = isBulk(item) ? bulk : singles
      waiting.push({ item, since: clock.now(), deadline, signal, resolve, reject })
      schedule()
    })

  /** A lone item waits for one more turn, about 20 µs. */
  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    const until = clock.now() + LONGEST_GATHERING_MS
    let before = 0
    const look = (): void => {
      const now = count()
      if (now > before && now < most && clock.now() < until) {
        before = now
        return soon(look)
      }
      isScheduled = false
      wake()
    }
    soon(look)
  }

  function wake(): void {
    while (lanes() > running && count() > 0) {
      const batch = takeBatch()
      if (batch.length > 0) void compute(batch)
    }
    watchFirstDeadline()
  }

  const count = (): number => singles.length + bulk.length

  /** Single items first, with a share left to bulk items when both wait; all with the same key. */
  function takeBatch(): QueuedItem<I, O>[] {
    const batch: QueuedItem<I, O>[] = []
    const hadBulk = bulk.length > 0
    const left = hadBulk && singles.length > 0 ? Math.ceil(most / BULK_PART) : 0
    if (batchesWithoutBulk < MOST_BATCHES_WITHOUT_BULK) takeFrom(singles, batch, most - left)
    const before = batch.length
    takeFrom(bulk, batch, most)
    batchesWithoutBulk = hadBulk && batch.length === before ? batchesWithoutBulk + 1 : 0
    takeFrom(singles, batch, most)
    return batch
  }

  /**
   * Takes items from the front that are still wanted and have the batch's key, until the batch has `size`.
   */
  function takeFrom(waiting: QueuedItem<I, O>[], batch: QueuedItem<I, O>[], size: number): void {
    const now = clock.now()
    const longest = waiting === bulk ? Infinity : longestWaitMs()
    let index = 0
    let remaining = 0
    for (; index < waiting.length && batch.length < size; index++) {
      const next = waiting[index]!
      if (next.deadline < now) next.reject(deadlinePassed(now - next.since))
      else if (next.signal?.aborted) next.reject(clientDisconnected())
      else if (now - next.since > longest) next.reject(overloaded(waiting.length - index, now - next.since))
      else if (batch.length === 0 || keyOf(next.item) === keyOf(batch[0]!.item)) batch.push(next)
      else waiting[remaining++] = next
    }
    waiting.splice(remaining, index - remaining)
  }

  async function compute(batch: QueuedItem<I, O>[]): Promise<void> {
    const began = clock.now()
    running += 1
    batches += 1
    items += batch.length
    try {
      const outputs = await run(batch.map((one) => one.item))
      if (outputs.length !== batch.length)
        throw new Error(`A batch of ${batch.length} returned ${outputs.length} results`)
      batch.forEach((one, i) => one.resolve({ output: outputs[i]!, queuedMs: began - one.since }))
    } catch (error) {
      for (const one of batch) one.reject(error)
    } finally {
      running -= 1
      wake()
    }
  }

  /** Without this, an item would wait forever when no lane ever becomes free. */
  function watchFirstDeadline(): void {
    if (count() === 0) {
      // a timer would keep a command that is done from ending until the deadline
      cancelTimer?.()
      cancelTimer = null
    }
    if (cancelTimer !== null || count() === 0) return
    const first = [...singles, ...bulk].reduce((least, one) => Math.min(least, one.deadline), Infinity)
    cancelTimer = clock.after(Math.max(0, first - clock.now()) + 1, () => {
      cancelTimer = null
      dropExpired(singles)
      dropExpired(bulk)
      watchFirstDeadline()
    })
  }

  function dropExpired(waiting: QueuedItem<I, O>[]): void {
    const now = clock.now()
    const still = waiting.filter((one) => one.deadline >= now)
    for (const one of waiting) if (one.deadline < now) one.reject(deadlinePassed(now - one.since))
    waiting.splice(0, waiting.length, ...still)
  }

  return { submit, wake, figures: () => ({ waiting: count(), batches, items }) }
}
