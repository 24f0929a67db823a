/** What any module may receive from outside: time, and a destination for log lines. Types only. */

export type SteadyClock = {
  /** A monotonic clock, in milliseconds. */
  readonly now: () => number
  /** Calls back once, after this many milliseconds; the returned function cancels the call. */
  readonly after: (ms: number, then: () => void) => () => void
}

export type LogLine = (
  level: 'info' | 'warn' | 'error',
  message: string,
  about?: Readonly<Record<string, unknown>>,
) => void
