/** Lets a free engine take all that waits: work-conserving, bounded, with deadlines; items of bulk requests
 *  behind the others, with a share of their own. It knows neither pictures nor children. */
import type { SteadyClock } from '#lib/domain/ports.ts'
import { deadlinePassed, nobodyWaits, overloaded } from './refusals.ts'

/** Of a batch for which both wait, so large a part is left to bulk items: one in four. */
const BULK_PART = 4
/** Bulk items that fit into no batch of others, being of another key, lead one after so many batches without
 *  any. */
const MOST_BATCHES_WITHOUT_BULK = BULK_PART - 1

export type BatcherParts<I, O> = {
  /** Most items of a batch: where the marginal one stops being cheaper. */
  readonly most: number
  /** Most items that wait; more are refused at once. */
  readonly room: number
  /** How many batches may run at the same time, now. */
  readonly lanes: () => number
  /** Only items of one key run together. */
  readonly keyOf: (item: I) => string
  /** One of many in a request: others go first. */
  readonly isBulk?: (item: I) => boolean
  /** Gives back as many answers as it got items, in order. */
  readonly run: (items: readonly I[]) => Promise<readonly O[]>
  readonly clock: SteadyClock
}

export type Batcher<I, O> = {
  /** Answered when its batch is; refused when there is no room, or `deadline` (on the clock) passes before
   *  its turn, or nobody wants it. */
  readonly submit: (
    item: I,
    deadline: number,
    signal?: AbortSignal,
  ) => Promise<{ output: O; queuedMs: number }>
  /** To be called when a lane may have become free from outside. */
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
  room,
  lanes,
  keyOf,
  isBulk = () => false,
  run,
  clock,
}: BatcherParts<I, O>): Batcher<I, O> {
  const singles: QueuedItem<I, O>[] = []
  const bulk: QueuedItem<I, O>[] = []
  let batchesWithoutBulk = 0
  let running = 0
  let batches = 0
  let items = 0
  let cancelTimer: (() => void) | null = null

  const submit = (item: I, deadline: number, signal?: AbortSignal) =>
    new Promise<{ output: O; queuedMs: number }>((resolve, reject) => {
      if (count() >= room) return reject(overloaded(count()))
      const waiting = isBulk(item) ? bulk : singles
      waiting.push({ item, since: clock.now(), deadline, signal, resolve, reject })
      wake()
    })

  function wake(): void {
    while (running < lanes() && count() > 0) {
      const batch = takeBatch()
      if (batch.length > 0) void compute(batch)
    }
    watchFirstDeadline()
  }

  const count = (): number => singles.length + bulk.length

  /** Singles first, with a part left to bulk items where both wait; all of one key. */
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

  /** From the front: those that are still wanted and of the batch's key, until it has `size`. */
  function takeFrom(waiting: QueuedItem<I, O>[], batch: QueuedItem<I, O>[], size: number): void {
    const now = clock.now()
    let seen = 0
    let kept = 0
    for (; seen < waiting.length && batch.length < size; seen++) {
      const next = waiting[seen]!
      if (next.deadline < now) next.reject(deadlinePassed(now - next.since))
      else if (next.signal?.aborted) next.reject(nobodyWaits())
      else if (batch.length === 0 || keyOf(next.item) === keyOf(batch[0]!.item)) batch.push(next)
      else waiting[kept++] = next
    }
    waiting.splice(kept, seen - kept)
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

  /** Nobody waits for ever where no lane ever becomes free. */
  function watchFirstDeadline(): void {
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
