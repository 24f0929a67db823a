/** Costs of pieces of work: measuring them and calculating with them. */
import type { Cost } from '#lib/contracts/probe.ts'
import type { ProbePorts } from './ports.ts'

export const stopwatch =
  ({ clock, cpuSeconds }: Pick<ProbePorts, 'clock' | 'cpuSeconds'>) =>
  async <T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly cost: Cost }> => {
    const [startedAt, cpu] = [clock(), cpuSeconds()]
    const value = await work()
    return { value, cost: { seconds: clock() - startedAt, cpuSeconds: cpuSeconds() - cpu } }
  }

export const NOTHING: Cost = { seconds: 0, cpuSeconds: 0 }

export const times = (cost: Cost, by: number): Cost => ({
  seconds: cost.seconds * by,
  cpuSeconds: cost.cpuSeconds * by,
})

export const per = (cost: Cost, count: number): Cost => times(cost, 1 / Math.max(1, count))

export const added = (...costs: readonly Cost[]): Cost =>
  costs.reduce(
    (a, b) => ({ seconds: a.seconds + b.seconds, cpuSeconds: a.cpuSeconds + b.cpuSeconds }),
    NOTHING,
  )

/** Never below zero: on a busy machine the second of two measurements may be the larger one. */
export const subtracted = (a: Cost, b: Cost): Cost => ({
  seconds: Math.max(0, a.seconds - b.seconds),
  cpuSeconds: Math.max(0, a.cpuSeconds - b.cpuSeconds),
})
