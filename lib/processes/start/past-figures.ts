/** The counts of processes that have ended: totals must not decrease. */
import type { WebFigures } from '#lib/contracts/ipc.ts'
import { sumOf } from '#lib/operations/traffic.ts'

const NONE: WebFigures = {
  pid: 0,
  requests: 0,
  errors: 0,
  predictions: 0,
  queue: 0,
  batches: 0,
  batched: 0,
  cacheHits: 0,
  cacheMisses: 0,
  latenciesMs: [],
  memoryMb: 0,
}

export function createPastFigures(): {
  readonly add: (ended: WebFigures) => void
  readonly sum: () => WebFigures
} {
  let past = NONE
  return {
    add: (ended) => {
      past = { ...past, ...sumOf([past, ended]), queue: 0 } // nothing waits in a process that has ended
    },
    sum: () => past,
  }
}
