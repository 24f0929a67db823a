/** A training process that has computed features stays for a while, with its engine loaded, for the run that needs
 *  them. It forks through a port, and starts no work itself. */
import type { SteadyClock } from '#lib/domain/ports.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import type { EnginePurpose, ForkTraining, TrainingChild } from '../ports.ts'

/** A person who has uploaded images usually trains within this time. */
const MAX_IDLE_MS = 60_000

export type TrainingProcesses = {
  /** The idle process where it fits, else a new one. An idle one that does not fit ends, so that there is one at a
   *  time. */
  readonly fork: ForkTraining
  /** A new one, whose start is measured. */
  readonly forkNew: ForkTraining
  /** For a process that is ready and has no work. */
  readonly keep: (child: TrainingChild, ready: ReadyProcess) => void
  /** Ends the idle one. */
  readonly end: () => void
}

type ReadyProcess = {
  readonly requested: EngineName | 'auto'
  readonly purpose: EnginePurpose
  /** The engine that it has opened. */
  readonly engine: EngineName
}

type IdleProcess = ReadyProcess & { readonly child: TrainingChild; readonly cancelTimer: () => void }

export function keepingProcesses(fork: ForkTraining, clock: Pick<SteadyClock, 'after'>): TrainingProcesses {
  let idle: IdleProcess | null = null
  function end(): void {
    const ended = idle
    idle = null
    ended?.cancelTimer()
    ended?.child.kill('SIGTERM')
  }
  const forkNew: ForkTraining = (requested, purpose) => {
    end()
    return fork(requested, purpose)
  }
  return {
    forkNew,
    fork(requested, purpose) {
      if (idle?.requested !== requested || idle.purpose !== purpose) return forkNew(requested, purpose)
      const { child, engine, cancelTimer } = idle
      cancelTimer()
      idle = null
      let isReported = false // once: this child may be kept again, and be returned from here once more
      return {
        ...child,
        listen(on) {
          child.listen(on)
          if (isReported) return
          isReported = true
          queueMicrotask(() => on.message({ kind: 'ready', engine })) // as a new one reports itself
        },
      }
    },
    keep(child, ready) {
      end()
      idle = { ...ready, child, cancelTimer: clock.after(MAX_IDLE_MS, end) }
      child.listen({
        message: () => undefined,
        exit() {
          if (idle?.child !== child) return
          idle.cancelTimer()
          idle = null
        },
      })
    },
    end,
  }
}
