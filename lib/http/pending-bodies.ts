/** What requests of strangers hold of memory and of the scratch disk until they are answered, bounded for
 *  each address and in all: without that, a few that never end would fill both. People who are logged in and
 *  keys are not counted; how slow a sender may be, lib/processes says. */
import { placeOf } from '#lib/auth/limits.ts'
import type { Body } from '#lib/contracts/contract.ts'
import { DarkroomError } from '#lib/domain/errors.ts'

/** Bytes. */
export type BodyBudget = { readonly perAddress: number; readonly inAll: number }
/** `memory`: bodies that are read whole. `disk`: streamed ones, whose archives lie in DATA_DIR/scratch. */
export type BodyBudgets = { readonly memory: BodyBudget; readonly disk: BodyBudget }
type Kind = keyof BodyBudgets

type ArrivingBody = {
  readonly address: string
  readonly declaredBytes: number
  readonly body: AsyncIterable<Uint8Array>
}
/** A body that is counted while it is read; disposed of when its request is answered. */
export type PendingBody = Disposable & { readonly body: AsyncIterable<Uint8Array> }
/** Throws 413 or 429 for what is too much by what it declares. */
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

  /** Makes room for so many bytes more, or throws. Who holds the most gives up first, so that nobody keeps
   *  the others out by holding much. */
  function take(own: PendingEntry, bytes: number): void {
    const most = budgets[own.kind]
    own.bytes += bytes
    count(own, bytes)
    if (own.bytes > most.perAddress) throw tooLargeForStranger(most.perAddress)
    if ((fromPlace.get(`${own.kind} ${own.place}`) ?? 0) > most.perAddress)
      throw tooMuchFromHere(most.perAddress)
    while ((inAll.get(own.kind) ?? 0) > most.inAll) {
      const largest = [...holdings]
        .filter((one) => one.kind === own.kind && one.isArriving)
        .reduce((found, one) => (one.bytes > found.bytes ? one : found), own)
      if (largest === own) throw tooMuchInAll(most.inAll)
      letGo(largest)
      largest.abort(tooMuchInAll(most.inAll))
    }
  }

  return (kind, { address, declaredBytes, body }) => {
    const { perAddress } = budgets[kind]
    if (declaredBytes > perAddress) throw tooLargeForStranger(perAddress)
    const own: PendingEntry = { kind, place: placeOf(address), bytes: 0, isArriving: true, abort: () => {} }
    holdings.add(own)
    return { body: counted(body, own, (bytes) => take(own, bytes)), [Symbol.dispose]: () => letGo(own) }
  }
}

/** Each reading ends as well when the body has to be given up, however long its next byte takes. */
async function* counted(
  body: AsyncIterable<Uint8Array>,
  own: PendingEntry,
  take: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]()
  let givenUp: DarkroomError | null = null
  let fail: (why: DarkroomError) => void = () => {}
  own.abort = (why) => {
    givenUp = why
    fail(why)
  }
  try {
    for (;;) {
      if (givenUp !== null) throw givenUp as DarkroomError
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
    chunks.return?.().catch(() => undefined) // whoever reads was told already
  }
}

const mb = (bytes: number): string => `${Math.floor(bytes / 1024 ** 2).toLocaleString('en')} MB`
const WITH_A_KEY = 'Log in or use an API key to avoid this limit.'

const tooLargeForStranger = (most: number): DarkroomError =>
  new DarkroomError('too_large', {
    what: 'The request is too large',
    why: `the limit for requests without a login or key is ${mb(most)}`,
    remedy: `Send less at a time. ${WITH_A_KEY}`,
  })
const tooMuchFromHere = (most: number): DarkroomError =>
  new DarkroomError('rate_limited', {
    what: 'Too many requests are pending from this address',
    why: `the limit for their total size is ${mb(most)}`,
    remedy: `Wait until some requests are complete. ${WITH_A_KEY}`,
  })
const tooMuchInAll = (most: number): DarkroomError =>
  new DarkroomError(
    'overloaded',
    {
      what: 'Too many requests are pending',
      why: `the limit for the total size of pending requests without a login or key is ${mb(most)}`,
      remedy: `Try again in a few seconds. ${WITH_A_KEY}`,
    },
    { retryAfterSeconds: 5 },
  )
