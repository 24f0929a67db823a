/**
 * Limits how many files are being sent in pieces at a time, for each address and in total: each takes memory until its
 * client has read it or has gone. lib/server ends clients that do not read.
 */
import { placeOf } from '#lib/auth/rate-limits.ts'
import { createByteGate, type ByteGate } from '#lib/domain/byte-gate.ts'
import { DarkroomError } from '#lib/domain/errors.ts'

/** Each takes up to 0.7 MB: rows of a page of an export, or what compresses a file of an archive. */
const MOST_IN_ALL = 96
const MOST_FROM_ONE_ADDRESS = 48
/**
 * Pieces that are read at the same time. Without this, 40 exports took 280 MB more in a web process, and all else in it
 * waited for seconds.
 */
const MOST_PIECES_AT_ONCE = 4

type Pieces = AsyncIterable<Uint8Array>
type Receiver = { readonly address: string; readonly signal: AbortSignal }
/** Counts the download until it has ended or its client has gone. Throws 429 or 503 beyond the limits. */
export type OpenDownload = (pieces: Pieces, receiver: Receiver) => Pieces

export function createDownloads({
  inAll = MOST_IN_ALL,
  perAddress = MOST_FROM_ONE_ADDRESS,
}: { readonly inAll?: number; readonly perAddress?: number } = {}): OpenDownload {
  const open = new Map<string, number>()
  const reading = createByteGate(MOST_PIECES_AT_ONCE)
  let total = 0

  return (pieces, { address, signal }) => {
    const place = placeOf(address)
    if (signal.aborted) return pieces // its client has gone
    if ((open.get(place) ?? 0) >= perAddress) throw tooManyFromHere(perAddress)
    if (total >= inAll) throw tooManyInAll(inAll)
    total += 1
    open.set(place, (open.get(place) ?? 0) + 1)
    const iterator = pieces[Symbol.asyncIterator]()
    let isOpen = true
    const close = (): void => {
      if (!isOpen) return
      isOpen = false
      signal.removeEventListener('abort', leave)
      total -= 1
      const rest = (open.get(place) ?? 1) - 1
      if (rest > 0) open.set(place, rest)
      else open.delete(place)
    }
    // Next does not cancel the body of a response whose client has gone before the first piece.
    const leave = (): void => {
      close()
      iterator.return?.().catch(() => undefined)
    }
    signal.addEventListener('abort', leave)
    return { [Symbol.asyncIterator]: () => counted(iterator, { reading, close }) }
  }
}

const counted = (
  iterator: AsyncIterator<Uint8Array>,
  { reading, close }: { readonly reading: ByteGate; readonly close: () => void },
): AsyncIterator<Uint8Array> => ({
  async next() {
    try {
      const result = await reading.hold(1, () => iterator.next())
      if (result.done) close()
      return result
    } catch (error) {
      close()
      throw error
    }
  },
  async return() {
    close()
    await iterator.return?.()
    return { done: true, value: undefined }
  },
})

const tooManyFromHere = (most: number): DarkroomError =>
  new DarkroomError('rate_limited', {
    what: 'Too many downloads are open from this address',
    why: `the limit is ${most} at a time`,
    remedy: 'Wait until some of them are complete.',
  })
const tooManyInAll = (most: number): DarkroomError =>
  new DarkroomError(
    'overloaded',
    {
      what: 'Too many downloads are open',
      why: `the limit is ${most} at a time`,
      remedy: 'Try again in a few seconds.',
    },
    { retryAfterSeconds: 5 },
  )
