/** Images that wait for the decoding child, and who waits for each. It decodes nothing and starts nobody. */
import type { DecodeWish, DecodingMessage } from '#lib/contracts/ipc.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { decoderBusy } from './refusals.ts'

export type DecodedImage = Omit<Extract<DecodingMessage, { kind: 'decoded' }>, 'kind' | 'id'> & {
  readonly queuedMs: number
}
export type DecodeOrder = {
  readonly wish: DecodeWish
  readonly maxPixels: number
  /** How long it may wait for its turn. */ readonly patienceMs: number
  readonly signal?: AbortSignal | undefined
}

/** One caller that waits for an image; several may wait for the same. */
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
  /** It was running when a child died, and is decoded while no other is. */
  readonly isAlone: boolean
  readonly waiters: Waiter[]
}

export function isWanted({ since, order: { signal, patienceMs }, reject }: Waiter, now: number): boolean {
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
