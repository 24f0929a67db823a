/** A child process as its parent sees it: messages in both directions, signals, and the end. What is forked, and with
 *  which flags, fork.ts is told; whether it is restarted is supervise.ts's business. */

/** The first message of a child that goes on running is `ready`, or `unable` with the reason why not. */
export type Message = { readonly kind: string }

/** After `exit` nothing more comes from it. `cause` is the signal that ended it, or `code 1`. */
export type Child<To, From> = {
  /** 0 where it could not be forked. */
  readonly pid: number
  /** A closed channel takes messages silently: its end is told by `exit`. `handle`: a socket or server to pass on. */
  readonly send: (message: To, handle?: object) => void
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL') => void
  /** To be called once. What the child said before is told then. */
  readonly listen: (events: ChildListener<From>) => void
}

export type ChildListener<From> = {
  readonly message: (message: From) => void
  readonly exit: (cause: string) => void
}
