/** Features that are computed in the background give way to training runs: one training process at a time, and a run
 *  that a person has started does not wait for another classifier's images. It starts no process. */

export type BackgroundTurn = {
  /** Null, and nothing is done, while a training run is in progress. The signal also fires when a run of another
   *  classifier starts. */
  readonly inBackground: <T>(
    classifierId: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ) => Promise<T | null>
  /** Waits for features of the same classifier, which the run needs anyway, and stops those of another one. */
  readonly inForeground: <T>(classifierId: string, signal: AbortSignal, work: () => Promise<T>) => Promise<T>
}

type Background = {
  readonly classifierId: string
  readonly stop: AbortController
  readonly ended: Promise<unknown>
}

export function createBackgroundTurn(): BackgroundTurn {
  let runs = 0
  let background: Background | null = null
  return {
    async inBackground(classifierId, signal, work) {
      if (runs > 0 || background !== null) return null
      const stop = new AbortController()
      const working = work(AbortSignal.any([signal, stop.signal]))
      background = { classifierId, stop, ended: working.catch(() => undefined) }
      try {
        return await working
      } finally {
        background = null
      }
    },
    async inForeground(classifierId, signal, work) {
      runs += 1
      try {
        if (background !== null) {
          if (background.classifierId !== classifierId) background.stop.abort()
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
