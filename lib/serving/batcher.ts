/** Lets a free engine take all that waits: work-conserving, bounded, with deadlines. It knows neither pictures nor children. */
import type { SteadyClock } from './ports.ts'
import { deadlinePassed, nobodyWaits, overloaded } from './refusals.ts'

export type BatcherParts<I, O> = {
  /** Most items of a batch: where the marginal one stops being cheaper. */
  readonly most: number
  /** Most items that wait; more are refused at once. */
  readonly room: number
  /** How many batches may run at the same time, now. */
  readonly lanes: () => number
  /** Only items of one key run together. */
  readonly keyOf: (item: I) => string
  /** Gives back as many answers as it got items, in order. */
  readonly run: (items: readonly I[]) => Promise<readonly O[]>
  readonly clock: SteadyClock
}

export type Batcher<I, O> = {
  /** Answered when its batch is; refused when there is no room, or `deadline` (on the clock) passes before its turn, or nobody wants it. */
  readonly submit: (item: I, deadline: number, signal?: AbortSignal) => Promise<{ output: O; queuedMs: number }>
  /** To be called when a lane may have become free from outside. */
  readonly wake: () => void
  readonly figures: () => { waiting: number; batches: number; items: number }
}

type Waiting<I, O> = {
  readonly item: I
  readonly since: number
  readonly deadline: number
  readonly signal: AbortSignal | undefined
  readonly resolve: (answer: { output: O; queuedMs: number }) => void
  readonly reject: (error: unknown) => void
}

export function createBatcher<I, O>({ most, room, lanes, keyOf, run, clock }: BatcherParts<I, O>): Batcher<I, O> {
  const waiting: Waiting<I, O>[] = []
  let running = 0
  let batches = 0
  let items = 0
  let callOff: (() => void) | null = null

  const submit = (item: I, deadline: number, signal?: AbortSignal) =>
    new Promise<{ output: O; queuedMs: number }>((resolve, reject) => {
      if (waiting.length >= room) return reject(overloaded(waiting.length))
      waiting.push({ item, since: clock.now(), deadline, signal, resolve, reject })
      wake()
    })

  function wake(): void {
    while (running < lanes() && waiting.length > 0) {
      const batch = takeBatch()
      if (batch.length > 0) void compute(batch)
    }
    watchFirstDeadline()
  }

  /** From the front: the first that is still wanted, and those of its key. */
  function takeBatch(): Waiting<I, O>[] {
    const batch: Waiting<I, O>[] = []
    const now = clock.now()
    let seen = 0
    let kept = 0
    for (; seen < waiting.length && batch.length < most; seen++) {
      const next = waiting[seen]!
      if (next.deadline < now) next.reject(deadlinePassed(now - next.since))
      else if (next.signal?.aborted) next.reject(nobodyWaits())
      else if (batch.length === 0 || keyOf(next.item) === keyOf(batch[0]!.item)) batch.push(next)
      else waiting[kept++] = next
    }
    waiting.splice(kept, seen - kept)
    return batch
  }

  async function compute(batch: Waiting<I, O>[]): Promise<void> {
    const began = clock.now()
    running += 1
    batches += 1
    items += batch.length
    try {
      const outputs = await run(batch.map((one) => one.item))
      if (outputs.length !== batch.length) throw new Error(`A batch of ${batch.length} got ${outputs.length} answers`)
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
    if (callOff !== null || waiting.length === 0) return
    const first = waiting.reduce((least, one) => Math.min(least, one.deadline), Infinity)
    callOff = clock.after(Math.max(0, first - clock.now()) + 1, () => {
      callOff = null
      dropExpired()
      watchFirstDeadline()
    })
  }

  function dropExpired(): void {
    const now = clock.now()
    const still = waiting.filter((one) => one.deadline >= now)
    for (const one of waiting) if (one.deadline < now) one.reject(deadlinePassed(now - one.since))
    waiting.splice(0, waiting.length, ...still)
  }

  return { submit, wake, figures: () => ({ waiting: waiting.length, batches, items }) }
}
