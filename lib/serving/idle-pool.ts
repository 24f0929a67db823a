/**
 * Inference for jobs: one child process, forked when a job needs it and stopped after a minute without
 * work. It serves no requests of clients.
 */
import { createPool } from './pool.ts'
import { type Pool, type PoolParts } from './pool-parts.ts'
import type { SteadyClock } from '#lib/domain/ports.ts'

export const IDLE_MS = 60_000
/** With little memory the child must free it sooner, for instance for a training run that follows. */
export const SHORT_IDLE_MS = 2_000

export type IdlePool = Pick<Pool, 'load' | 'unload' | 'verify' | 'infer'> &
  AsyncDisposable & {
    /** Forks the child ahead of a job's need, so that it starts while something else runs. */
    readonly prepare: () => void
  }

export function createIdlePool({
  idleMs = IDLE_MS,
  ...parts
}: Omit<PoolParts, 'name' | 'size' | 'changed'> & {
  readonly clock: SteadyClock
  readonly idleMs?: number
}): IdlePool {
  let pool: Pool | null = null
  let users = 0
  let cancelTimer = () => {}

  async function using<T>(work: (pool: Pool) => Promise<T>): Promise<T> {
    cancelTimer()
    users += 1
    pool ??= createPool({ ...parts, name: 'inference for jobs', size: 1, changed: () => {} })
    try {
      return await work(pool)
    } finally {
      users -= 1
      if (users === 0) cancelTimer = parts.clock.after(idleMs, leaveIdle)
    }
  }

  function leaveIdle(): void {
    leave().catch((error: unknown) =>
      parts.log('warn', 'The inference process for jobs could not be ended', { error }),
    )
  }

  async function leave(): Promise<void> {
    cancelTimer()
    const leaving = pool
    pool = null
    await leaving?.[Symbol.asyncDispose]()
  }

  return {
    prepare: () =>
      void using(async () => undefined).catch((error: unknown) =>
        parts.log('warn', 'The inference process for jobs could not be started', { error }),
      ),
    load: (version) => using((pool) => pool.load(version)),
    unload: (key) => pool?.unload(key),
    verify: (version) => using((pool) => pool.verify(version)),
    infer: (version, images, limits) => using((pool) => pool.infer(version, images, limits)),
    [Symbol.asyncDispose]: leave,
  }
}
