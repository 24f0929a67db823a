/** Images that wait for the decoding child, and the callers that wait for each. It decodes nothing and starts no
 *  process. */
import type { DecodeWish, DecodingMessage } from '#lib/contracts/ipc.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { decoderBusy } from './refusals.ts'

export type DecodedImage = Omit<Extract<DecodingMessage, { kind: 'decoded' }>, 'kind' | 'id'> & {
  readonly queuedMs: number
}
export type DecodeOrder = {
  readonly wish: DecodeWish
  readonly maxPixels: number
  /** The maximum waiting time. */ readonly patienceMs: number
  readonly signal?: AbortSignal | undefined
}

/** One caller that waits for an image; several may wait for the same one. */
type Waiter = {
  readonly since: number
  readonly order: DecodeOrder
  readonly resolve: (image: DecodedImage) => void
  readonly reject: (error: unknown) => void
}

export type Task = {
  readonly key: string | null
  readonly bytes: Uint8Array
  readonly order: DecodeOrder
  readonly cost: number
  readonly since: number
  /** It was running when a child crashed, and is decoded alone. */
  readonly isAlone: boolean
  readonly waiters: Waiter[]
}

export function isWaiting({ since, order: { signal, patienceMs }, reject }: Waiter, now: number): boolean {
  const waitedMs = now - since
  if (signal?.aborted)
    reject(
      new DarkroomError('client_closed', {
        what: 'This image was not decoded',
        why: 'the connection was closed',
        remedy: 'Send it again.',
      }),
    )
  else if (waitedMs > patienceMs)
    reject(decoderBusy(`it waited for more than ${(waitedMs / 1000).toFixed(0)} s`))
  else return true
  return false
}

export const refuse = ({ waiters }: Task, error: DarkroomError): void =>
  waiters.forEach(({ reject }) => reject(error))
