/** What happens to an error that nobody caught: it is told, and the process ends in order, with a code for
 *  which its parent starts it again. It is no way to go on: nobody knows what such an error left half done. */

/** Whatever hangs in the end of a process must not keep a broken one alive. */
const LONGEST_END_MS = 5_000

export type LastResort = {
  readonly tell: (message: string, about: { readonly error: unknown }) => void
  /** Gives back what the process holds: sockets, leases, children. */
  readonly end?: () => Promise<unknown>
  readonly longestEndMs?: number
}

/** Once per process. A promise that was rejected unheard counts like an exception. */
export function endWhenUncaught({ tell, end, longestEndMs = LONGEST_END_MS }: LastResort): void {
  const leave = (): never => process.exit(1)
  let isEnding = false
  const caught = (error: unknown): void => {
    tell('The process ends because of an uncaught error', { error })
    if (isEnding) return
    isEnding = true
    process.exitCode = 1
    setTimeout(leave, longestEndMs)
    Promise.resolve()
      .then(end)
      .catch((cause: unknown) => tell('The process could not shut down cleanly', { error: cause }))
      .finally(leave)
  }
  process.on('uncaughtException', caught)
  // Next listens to both and goes on; a listener of our own is asked all the same.
  process.on('unhandledRejection', caught)
}

/** For a child without a log: what it writes on its error output, its parent logs. */
export const tellOnStderr: LastResort['tell'] = (message, { error }) => {
  process.stderr.write(
    `${message}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
}
