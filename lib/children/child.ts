/**
 * A child process as its parent sees it: messages in both directions, signals, and the end. fork.ts decides
 * what is forked and with which flags; supervise.ts decides whether it is restarted.
 */

/** The first message of a long-running child is `ready`, or `unable` with the reason. */
export type Message = { readonly kind: string }

/** After `exit` no more events follow. `cause` is the signal that ended it, or `code 1`. */
export type Child<To, From> = {
  /** 0 if it could not be forked. */
  readonly pid: number
  /** A closed channel ignores messages; `exit` reports its end. `handle`: a socket or server to pass on. */
  readonly send: (message: To, handle?: object) => void
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL') => void
  /** To be called once. Earlier messages of the child are delivered then. */
  readonly listen: (events: ChildListener<From>) => void
}

export type ChildListener<From> = {
  readonly message: (message: From) => void
  readonly exit: (cause: string) => void
}
