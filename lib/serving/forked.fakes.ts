/** Forks real children for the tests of this room, on the real clock; ends with them. */
import { fork } from 'node:child_process'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { FromInference } from '#lib/contracts/ipc.ts'
import { createPool } from './pool.ts'
import { type Pool } from './pool-parts.ts'
import type { SteadyClock, InferenceChild } from './ports.ts'

export const realClock: SteadyClock = {
  now: () => performance.now(),
  after: (ms, then) => {
    const timer = setTimeout(then, ms)
    return () => clearTimeout(timer)
  },
}

export function forkFake(mode = 'good'): InferenceChild {
  const child = fork(path.join(import.meta.dirname, 'child.fakes.ts'), [mode], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  return {
    pid: child.pid!,
    send: (message) => void child.send(message, () => {}),
    kill: (signal) => void child.kill(signal),
    listen: ({ message, exit }) => {
      child.on('message', (said) => message(said as FromInference)) // only child.fakes.ts speaks here
      child.on('exit', (code, signal) => exit(signal ?? `code ${code}`))
    },
  }
}

export type Pooled = {
  readonly pool: Pool
  readonly lines: string[]
  readonly until: (holds: () => boolean) => Promise<void>
}

/** A pool that leaves nothing behind; `until` waits for something that a change of the pool brings about. */
export function pooled({
  size = 2,
  fork = () => forkFake(),
  clock = realClock,
}: { size?: number; fork?: () => InferenceChild; clock?: SteadyClock } = {}): Pooled {
  const lines: string[] = []
  const watchers = new Set<() => void>()
  const stir = () => {
    for (const watch of watchers) watch()
  }
  const pool = createPool({
    name: 'inference',
    size,
    fork,
    clock,
    log: (_level, line) => {
      lines.push(line)
      queueMicrotask(stir)
    },
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
