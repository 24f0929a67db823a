/** Server-sent events: values of a use case as `text/event-stream`, with heartbeats, until they end or the reader leaves.
 *  What the events mean, their contract says; `seq` is their id, so that a reader who comes back goes on from there. */
import type { Outgoing } from './outgoing.ts'

const HEARTBEAT_MS = 15_000
const RECONNECT_MS = 2_000
const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no', // proxies that know nginx' word hand each event on at once
} as const

const encoder = new TextEncoder()
const RECONNECT = encoder.encode(`retry: ${RECONNECT_MS}\n\n`)
const HEARTBEAT = encoder.encode(':\n\n')
const END = encoder.encode('event: end\ndata: {}\n\n')

/** How long a first event may take before the stream is opened without it; until then a failure is an ordinary problem. */
const FIRST_EVENT_MS = 250

export async function eventsAnswer(events: AsyncIterable<unknown>, signal: AbortSignal): Promise<Outgoing> {
  const iterator = events[Symbol.asyncIterator]()
  const first = iterator.next()
  await Promise.race([first, after(FIRST_EVENT_MS)])
  return { status: 200, headers: HEADERS, body: written(iterator, first, signal) }
}

/** Waits by one callback that is replaced each time: races against promises that live as long as the stream would keep something of each event. */
async function* written(iterator: AsyncIterator<unknown>, first: Promise<IteratorResult<unknown>>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const state: { came: IteratorResult<unknown> | null; failure: { readonly error: unknown } | null } = { came: null, failure: null }
  let wake = (): void => {}
  const ask = (next: Promise<IteratorResult<unknown>>): void => {
    next.then((result) => { state.came = result }, (error: unknown) => { state.failure = { error } }).finally(() => wake())
  }
  const onAbort = (): void => wake()
  signal.addEventListener('abort', onAbort)
  ask(first)
  try {
    yield RECONNECT
    while (!signal.aborted) {
      const isLate = state.came === null && state.failure === null && (await late((resolve) => { wake = resolve }))
      if (signal.aborted) return
      if (state.failure !== null) throw state.failure.error
      if (isLate) {
        yield HEARTBEAT
        continue
      }
      const result = state.came
      if (result === null) continue
      state.came = null
      if (result.done) {
        yield END
        return
      }
      yield encoded(result.value)
      if (!signal.aborted) ask(iterator.next())
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    // Not awaited: an iterator that waits for its next event lets go only when it comes, or by the same signal.
    void Promise.resolve(iterator.return?.()).catch(() => {})
  }
}

/** True after the time of a heartbeat, false when called back before. */
function late(listen: (resolve: () => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), HEARTBEAT_MS)
    listen(() => {
      clearTimeout(timer)
      resolve(false)
    })
  })
}

/** Events are shared by all who follow a run: each is written once. */
const texts = new WeakMap<object, Uint8Array>()

function encoded(event: unknown): Uint8Array {
  if (typeof event !== 'object' || event === null) return encoder.encode(eventText(event))
  const known = texts.get(event) ?? encoder.encode(eventText(event))
  texts.set(event, known)
  return known
}

/** JSON holds no line breaks, so one `data:` line is the event. */
function eventText(event: unknown): string {
  const seq = typeof event === 'object' && event !== null && 'seq' in event ? `id: ${String(event.seq)}\n` : ''
  return `${seq}data: ${JSON.stringify(event)}\n\n`
}

function after(ms: number): Promise<'late'> & { cancel: () => void } {
  let timer: NodeJS.Timeout
  const promise = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms)
  })
  return Object.assign(promise, { cancel: () => clearTimeout(timer) })
}
