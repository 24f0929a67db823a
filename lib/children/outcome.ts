/** Waits for a child that does one thing: its message, or the reason why none came. */
import type { Child } from './child.ts'

/**
 * @param what its name in messages: "the process that makes the backup". When aborted, the child is sent
 * SIGTERM.
 * @throws if it ends without a message.
 */
export function outcomeOf<To, From>(
  child: Child<To, From>,
  { what, signal }: { readonly what: string; readonly signal?: AbortSignal },
): Promise<From> {
  return new Promise<From>((resolve, reject) => {
    const stop = (): void => child.kill('SIGTERM')
    signal?.addEventListener('abort', stop, { once: true })
    if (signal?.aborted) stop()
    child.listen({
      message: (message) => {
        signal?.removeEventListener('abort', stop)
        resolve(message)
      },
      exit: (cause) => {
        signal?.removeEventListener('abort', stop)
        reject(new Error(`${what} ended (${cause})`))
      },
    })
  })
}
