/** Inference for jobs: one child, forked when a job needs it, gone when none has needed it for a minute. It answers no person. */
import type { Answering } from '#lib/training/ports.ts'
import { createPool, type Pool, type PoolParts } from '#lib/serving/pool.ts'
import type { SteadyClock } from '#lib/serving/ports.ts'

export const IDLE_MS = 60_000

export function createIdlePool(parts: Omit<PoolParts, 'name' | 'size' | 'changed'> & { readonly clock: SteadyClock }): Answering & AsyncDisposable {
  let pool: Pool | null = null
  let users = 0
  let callOff = () => {}

  async function using<T>(work: (pool: Pool) => Promise<T>): Promise<T> {
    callOff()
    users += 1
    pool ??= createPool({ ...parts, name: 'inference for jobs', size: 1, changed: () => {} })
    try {
      return await work(pool)
    } finally {
      users -= 1
      if (users === 0) callOff = parts.clock.after(IDLE_MS, () => void leave())
    }
  }

  async function leave(): Promise<void> {
    callOff()
    const leaving = pool
    pool = null
    await leaving?.[Symbol.asyncDispose]()
  }

  return {
    load: (version) => using((answering) => answering.load(version)),
    unload: (key) => pool?.unload(key),
    infer: (version, pictures, limits) => using((answering) => answering.infer(version, pictures, limits)),
    [Symbol.asyncDispose]: leave,
  }
}
