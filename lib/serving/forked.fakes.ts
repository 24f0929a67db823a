/**
 * Forks real child processes for the tests of this module, on the real clock, and ends them with the test.
 */
import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { Child } from '#lib/children/child.ts'
import { forkChild } from '#lib/children/fork.ts'
import { superviseChild } from '#lib/children/supervise.ts'
import type { InferenceMessage, InferenceCommand } from '#lib/contracts/ipc.ts'
import { createPool } from './pool.ts'
import type { Pool } from './pool-parts.ts'
import type { LogLine, SteadyClock } from '#lib/domain/ports.ts'
import type { StartChild } from './ports.ts'

export const realClock: SteadyClock = {
  now: () => performance.now(),
  after: (ms, then) => {
    const timer = setTimeout(then, ms)
    return () => clearTimeout(timer)
  },
}

export type FakeProcess = Child<InferenceCommand, InferenceMessage>

export const START_TIMEOUT_MS = 30_000

export const forkFake = (mode = 'good'): FakeProcess =>
  forkChild({
    entry: path.join(import.meta.dirname, 'child.fakes.ts'),
    args: [mode],
    stdout: 'inherit',
    onLine: (line) => process.stderr.write(`${line}\n`),
  })

/** As the processes start them. */
export const startFake =
  (fork: () => FakeProcess, clock: SteadyClock, log: LogLine = () => {}): StartChild =>
  (name, events) =>
    superviseChild<InferenceCommand, InferenceMessage>(
      name,
      { fork, clock, log, startTimeoutMs: START_TIMEOUT_MS, stop: { timeoutMs: 2_000 } },
      events,
    )

export type PoolFixture = {
  readonly pool: Pool
  readonly lines: string[]
  readonly until: (holds: () => boolean) => Promise<void>
}

/**
 * A pool that is cleaned up after the test; `until` waits for a condition that a change of the pool
 * fulfils.
 */
export function pooled({
  size = 2,
  fork = () => forkFake(),
  clock = realClock,
}: { size?: number; fork?: () => FakeProcess; clock?: SteadyClock } = {}): PoolFixture {
  const lines: string[] = []
  const watchers = new Set<() => void>()
  const stir = () => {
    for (const watch of watchers) watch()
  }
  const log = (_level: string, line: string): void => {
    lines.push(line)
    queueMicrotask(stir)
  }
  const pool = createPool({
    name: 'inference',
    size,
    start: startFake(fork, clock, log),
    clock,
    log,
    changed: () => queueMicrotask(stir),
  })
  onTestFinished(() => pool[Symbol.asyncDispose]())
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const watch = () => {
        if (holds()) {
          watchers.delete(watch)
          setImmediate(resolve)
        }
      }
      watchers.add(watch)
      watch()
    })
  return { pool, lines, until }
}
