/** What any module may be given from outside: time, and a place for log lines. Types alone. */

export type SteadyClock = {
  /** Milliseconds that only grow. */
  readonly now: () => number
  /** Calls back once, so many milliseconds from now; what it returns cancels that. */
  readonly after: (ms: number, then: () => void) => () => void
}

export type LogLine = (
  level: 'info' | 'warn' | 'error',
  message: string,
  about?: Readonly<Record<string, unknown>>,
) => void
