/** Work in the background gives way to training runs: one training process at a time, and a run that a person has
 *  started waits for none of it. Features, which the next run needs, go before what can wait. It starts no process. */

export type BackgroundTurn = {
  /** Null, and nothing is done, while a training run is in progress. The signal also fires when a run starts. */
  readonly inBackground: <T>(
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ) => Promise<T | null>
  /** Waits until nothing else is in progress. Where anything else starts meanwhile, the signal of the work fires, its
   *  result is ignored, and it is called again afterwards. */
  readonly whenIdle: <T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>) => Promise<T>
  /** Stops what runs in the background, and begins when it has ended. */
  readonly inForeground: <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>
}

type Background = {
  readonly stop: AbortController
  readonly ended: Promise<unknown>
  readonly canWait: boolean
}

export function createBackgroundTurn(): BackgroundTurn {
  let runs = 0
  let background: Background | null = null
  /** Features take the place of what is being stopped. */
  let isNext = false
  let becomesIdle = Promise.withResolvers<void>()

  function release(): void {
    if (runs > 0 || background !== null) return
    becomesIdle.resolve()
    becomesIdle = Promise.withResolvers()
  }

  async function occupied<T>(
    work: (signal: AbortSignal) => Promise<T>,
    { signal, stop, canWait }: { signal: AbortSignal; stop: AbortController; canWait: boolean },
  ): Promise<T> {
    const working = work(AbortSignal.any([signal, stop.signal]))
    background = { stop, canWait, ended: working.catch(() => undefined) }
    try {
      return await working
    } finally {
      background = null
      release()
    }
  }

  return {
    async inBackground(signal, work) {
      if (runs > 0 || isNext || background?.canWait === false) return null
      const stop = new AbortController()
      if (background !== null) {
        isNext = true
        background.stop.abort()
        await background.ended
        isNext = false
        if (runs > 0) return null
      }
      return occupied(work, { signal, stop, canWait: false })
    },
    async whenIdle(signal, work) {
      const cancelled = firing(signal)
      for (;;) {
        while (runs > 0 || isNext || background !== null) {
          await Promise.race([becomesIdle.promise, cancelled])
          signal.throwIfAborted()
        }
        const stop = new AbortController()
        try {
          const result = await occupied(work, { signal, stop, canWait: true })
          if (!stop.signal.aborted) return result
        } catch (error) {
          if (!stop.signal.aborted) throw error
        }
        signal.throwIfAborted()
      }
    },
    async inForeground(signal, work) {
      runs += 1
      try {
        if (background !== null) {
          background.stop.abort()
          await Promise.race([background.ended, firing(signal)])
        }
        return await work()
      } finally {
        runs -= 1
        release()
      }
    },
  }
}

const firing = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
