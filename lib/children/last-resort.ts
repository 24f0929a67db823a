/**
 * The last handler of uncaught errors: logs the error and ends the process in order, with an exit code for
 * which its parent restarts it. The process cannot continue, because the error may have left its state
 * inconsistent.
 */

/** A hanging shutdown must not keep a broken process alive. */
const LONGEST_END_MS = 5_000

export type LastResort = {
  readonly report: (message: string, about: { readonly error: unknown }) => void
  /** Releases what the process holds: sockets, leases, children. */
  readonly end?: () => Promise<unknown>
  readonly longestEndMs?: number
}

/** Call once per process. An unhandled rejection counts like an exception. */
export function endWhenUncaught({ report, end, longestEndMs = LONGEST_END_MS }: LastResort): void {
  const leave = (): never => process.exit(1)
  let isEnding = false
  const caught = (error: unknown): void => {
    report('The process ends because of an uncaught error', { error })
    if (isEnding) return
    isEnding = true
    process.exitCode = 1
    setTimeout(leave, longestEndMs)
    Promise.resolve()
      .then(end)
      .catch((cause: unknown) => report('The process could not shut down cleanly', { error: cause }))
      .finally(leave)
  }
  process.on('uncaughtException', caught)
  // Next listens to both and continues; our own listener is called nevertheless.
  process.on('unhandledRejection', caught)
}

/** For a child without a log: the parent logs what the child writes to stderr. */
export const reportOnStderr: LastResort['report'] = (message, { error }) => {
  process.stderr.write(
    `${message}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
}
