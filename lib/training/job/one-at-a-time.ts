/** Features that are computed in the background give way to training runs: one training process at a time, and a run
 *  that a person has started waits for none of them. What was computed until then is stored, and the run continues
 *  from there. It starts no process. */

export type BackgroundTurn = {
  /** Null, and nothing is done, while a training run is in progress. The signal also fires when a run starts. */
  readonly inBackground: <T>(
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ) => Promise<T | null>
  /** Stops what runs in the background, and begins when it has ended. */
  readonly inForeground: <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>
}

type Background = {
  readonly stop: AbortController
  readonly ended: Promise<unknown>
}

export function createBackgroundTurn(): BackgroundTurn {
  let runs = 0
  let background: Background | null = null
  return {
    async inBackground(signal, work) {
      if (runs > 0 || background !== null) return null
      const stop = new AbortController()
      const working = work(AbortSignal.any([signal, stop.signal]))
      background = { stop, ended: working.catch(() => undefined) }
      try {
        return await working
      } finally {
        background = null
      }
    },
    async inForeground(signal, work) {
      runs += 1
      try {
        if (background !== null) {
          background.stop.abort()
          const cancelled = new Promise((resolve) =>
            signal.addEventListener('abort', resolve, { once: true }),
          )
          await Promise.race([background.ended, cancelled])
        }
        return await work()
      } finally {
        runs -= 1
      }
    },
  }
}
