/** What serving is given from outside: time, and children that compute. How a child is really forked is known
 *  to lib/processes alone. */
import type { FromInference, ToInference } from '#lib/contracts/ipc.ts'

export type SteadyClock = {
  /** Milliseconds that only grow. */
  readonly now: () => number
  /** Calls back once, so many milliseconds from now; what it answers calls that off. */
  readonly after: (ms: number, then: () => void) => () => void
}

/** One inference process, seen from its parent. After `exit` nothing more comes from it. */
export type InferenceChild = {
  readonly pid: number
  readonly send: (message: ToInference) => void
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL') => void
  readonly listen: (hear: {
    message: (message: FromInference) => void
    exit: (cause: string) => void
  }) => void
}

export type LogLine = (
  level: 'info' | 'warn' | 'error',
  message: string,
  about?: Readonly<Record<string, unknown>>,
) => void
