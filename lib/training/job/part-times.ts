/** What the parts of one run took, collected by the worker: those of the training process and its own. */
import type { PartSeconds, RunPart } from '#lib/domain/run-parts.ts'
import type { TrainingParts } from './ports.ts'

export type PartTimes = {
  readonly add: (part: RunPart, seconds: number) => void
  readonly measure: <T>(part: RunPart, work: () => Promise<T>) => Promise<T>
  readonly seconds: () => PartSeconds
}

/** @param clock in milliseconds */
export function createPartTimes({ clock }: Pick<TrainingParts, 'clock'>): PartTimes {
  const seconds: PartSeconds = {}
  const add = (part: RunPart, more: number): void => {
    seconds[part] = (seconds[part] ?? 0) + Math.max(0, more)
  }
  return {
    add,
    async measure(part, work) {
      const startedAt = clock()
      try {
        return await work()
      } finally {
        add(part, (clock() - startedAt) / 1000)
      }
    },
    seconds: () => seconds,
  }
}
