/**
 * Access to the writing connection: one caller at a time, in order of arrival, each with a deadline, and a
 * limited number of waiting callers. It knows nothing about SQLite.
 */
import type { MaybePromise } from '#lib/domain/maybe-promise.ts'
import { databaseBusy } from './lock-retry.ts'

/** Each waits for milliseconds unless the database is locked; then a few seconds of a busy web process. */
const MOST_WAITING = 2_000

const LONGEST_TIMER_MS = 2 ** 31 - 1

type Waiter = { readonly begin: (end: () => void) => void; readonly timer: NodeJS.Timeout }

export type Turns = {
  /** Waits for exclusive use of the connection and holds it until the returned function is called. `deadline`
   *  in milliseconds of
   *  `performance.now()`; after it, and where too many wait already, it is a `database_busy`. */
  readonly turn: (deadline: number) => MaybePromise<() => void>
  readonly isTaken: () => boolean
  readonly waiting: () => number
}

export function takeTurns(mostWaiting = MOST_WAITING): Turns {
  const waiting = new Set<Waiter>() // in the order of arrival
  let isTaken = false

  function next(): void {
    const [first] = waiting
    isTaken = first !== undefined
    if (first === undefined) return
    waiting.delete(first)
    clearTimeout(first.timer)
    first.begin(once(next))
  }

  return {
    isTaken: () => isTaken,
    waiting: () => waiting.size,
    turn(deadline) {
      if (!isTaken) {
        isTaken = true
        return once(next)
      }
      const startedAt = performance.now()
      if (waiting.size >= mostWaiting) return Promise.reject(databaseBusy(0))
      return new Promise((begin, reject) => {
        const timer = setTimeout(
          () => {
            waiting.delete(waiter)
            reject(databaseBusy(performance.now() - startedAt))
          },
          Math.min(Math.max(0, deadline - startedAt), LONGEST_TIMER_MS),
        )
        const waiter: Waiter = { begin, timer }
        waiting.add(waiter)
      })
    },
  }
}

function once(work: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    work()
  }
}
