/**
 * The memory and scratch disk space that requests of anonymous clients occupy until they are answered,
 * limited for each address and in total: otherwise a few requests that never end would fill both. People
 * who are logged in and keys are not counted; lib/server limits how slowly a client may send.
 */
import { placeOf } from '#lib/auth/rate-limits.ts'
import type { Body } from '#lib/contracts/contract.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { megabytes } from '#lib/domain/text/size-text.ts'

/** Bytes. */
export type BodyBudget = { readonly perAddress: number; readonly inAll: number }
/**
 * `memory`: bodies that are read whole. `disk`: streamed ones, whose archives are stored in
 * DATA_DIR/scratch.
 */
export type BodyBudgets = { readonly memory: BodyBudget; readonly disk: BodyBudget }
type Kind = keyof BodyBudgets

type ArrivingBody = {
  readonly address: string
  readonly declaredBytes: number
  readonly body: AsyncIterable<Uint8Array>
}
/** A body that is counted while it is read; disposed of when its request has been answered. */
export type PendingBody = Disposable & { readonly body: AsyncIterable<Uint8Array> }
/** Throws 413 or 429 when the declared size exceeds a limit. */
export type HoldBody = (kind: Kind, arriving: ArrivingBody) => PendingBody

type PendingEntry = {
  readonly kind: Kind
  readonly place: string
  bytes: number
  isArriving: boolean
  abort: (why: DarkroomError) => void
}

export const budgetOf = (body: Body): Kind => (body === 'parts' ? 'disk' : 'memory')

export function createHeldBodies(budgets: BodyBudgets): HoldBody {
  const holdings = new Set<PendingEntry>()
  const inAll = new Map<Kind, number>()
  const fromPlace = new Map<string, number>()

  function count({ kind, place }: PendingEntry, bytes: number): void {
    inAll.set(kind, (inAll.get(kind) ?? 0) + bytes)
    const key = `${kind} ${place}`
    const here = (fromPlace.get(key) ?? 0) + bytes
    if (here > 0) fromPlace.set(key, here)
    else fromPlace.delete(key)
  }

  function letGo(one: PendingEntry): void {
    if (holdings.delete(one)) count(one, -one.bytes)
  }

  /**
   * Reserves this many more bytes, or throws. The largest body is aborted first, so that no client can keep
   * the others out by occupying much.
   */
  function take(own: PendingEntry, bytes: number): void {
    const most = budgets[own.kind]
    own.bytes += bytes
    count(own, bytes)
    if (own.bytes > most.perAddress) throw tooLargeForAnonymous(most.perAddress)
    if ((fromPlace.get(`${own.kind} ${own.place}`) ?? 0) > most.perAddress)
      throw tooMuchFromHere(most.perAddress)
    while ((inAll.get(own.kind) ?? 0) > most.inAll) {
      const largest = [...holdings]
        .filter((one) => one.kind === own.kind && one.isArriving)
        .reduce((largest, one) => (one.bytes > largest.bytes ? one : largest), own)
      if (largest === own) throw tooMuchInAll(most.inAll)
      letGo(largest)
      largest.abort(tooMuchInAll(most.inAll))
    }
  }

  return (kind, { address, declaredBytes, body }) => {
    const { perAddress } = budgets[kind]
    if (declaredBytes > perAddress) throw tooLargeForAnonymous(perAddress)
    const own: PendingEntry = { kind, place: placeOf(address), bytes: 0, isArriving: true, abort: () => {} }
    holdings.add(own)
    return { body: counted(body, own, (bytes) => take(own, bytes)), [Symbol.dispose]: () => letGo(own) }
  }
}

/** Each read also ends when the body is aborted, however long its next byte takes. */
async function* counted(
  body: AsyncIterable<Uint8Array>,
  own: PendingEntry,
  take: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]()
  let abortedBy: DarkroomError | null = null
  let fail: (why: DarkroomError) => void = () => {}
  own.abort = (why) => {
    abortedBy = why
    fail(why)
  }
  try {
    for (;;) {
      if (abortedBy !== null) throw abortedBy as DarkroomError
      const next = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        fail = reject
        chunks.next().then(resolve, reject)
      })
      if (next.done) return
      take(next.value.byteLength)
      yield next.value
    }
  } finally {
    own.isArriving = false
    chunks.return?.().catch(() => undefined) // the reader already has this error
  }
}

const WITH_A_KEY = 'Log in or use an API key to avoid this limit.'

const tooLargeForAnonymous = (most: number): DarkroomError =>
  new DarkroomError('too_large', {
    what: 'The request is too large',
    why: `the limit for requests without a login or key is ${megabytes(most)}`,
    remedy: `Send less at a time. ${WITH_A_KEY}`,
  })
const tooMuchFromHere = (most: number): DarkroomError =>
  new DarkroomError('rate_limited', {
    what: 'Too many requests are pending from this address',
    why: `the limit for their total size is ${megabytes(most)}`,
    remedy: `Wait until some requests are complete. ${WITH_A_KEY}`,
  })
const tooMuchInAll = (most: number): DarkroomError =>
  new DarkroomError(
    'overloaded',
    {
      what: 'Too many requests are pending',
      why: `the limit for the total size of pending requests without a login or key is ${megabytes(most)}`,
      remedy: `Try again in a few seconds. ${WITH_A_KEY}`,
    },
    { retryAfterSeconds: 5 },
  )
