/**
 * Server-sent events: values of a use case as `text/event-stream`, with heartbeats, until they end or the
 * client disconnects. The contract defines what the events mean; `seq` is their id, so that a client that
 * reconnects continues after its last event.
 */
import type { OutgoingResponse } from './outgoing.ts'

const HEARTBEAT_MS = 15_000
const RECONNECT_MS = 2_000
const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no', // nginx, and proxies that follow it, then forward each event at once
} as const

const encoder = new TextEncoder()
const RECONNECT = encoder.encode(`retry: ${RECONNECT_MS}\n\n`)
const HEARTBEAT = encoder.encode(':\n\n')
const END = encoder.encode('event: end\ndata: {}\n\n')

/** Most bytes read ahead of a slow client. */
const MOST_BUFFERED_BYTES = 32 * 1024

/**
 * How long to wait for a first event before opening the stream without it; until then a failure is an
 * ordinary problem document.
 */
const FIRST_EVENT_MS = 250

export async function eventsAnswer(
  events: AsyncIterable<unknown>,
  signal: AbortSignal,
): Promise<OutgoingResponse> {
  const iterator = events[Symbol.asyncIterator]()
  const first = iterator.next()
  await Promise.race([first, after(FIRST_EVENT_MS)])
  return { status: 200, headers: HEADERS, body: written(iterator, first, signal) }
}

/**
 * Events that are available at the same time are written as one chunk: three hundred clients that open a
 * run with three hundred events would otherwise cause 90,000 writes.
 */
async function* written(
  iterator: AsyncIterator<unknown>,
  first: Promise<IteratorResult<unknown>>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const state: {
    texts: Uint8Array[]
    bytes: number
    isOver: boolean
    isQuiet: boolean
    failure: { readonly error: unknown } | null
  } = { texts: [], bytes: 0, isOver: false, isQuiet: false, failure: null }
  let wake = (): void => {}
  let resume = (): void => {}
  const read = async (): Promise<void> => {
    for (let next = first; !signal.aborted; next = iterator.next()) {
      const { done, value } = await next
      if (done) break
      state.bytes += state.texts[state.texts.push(encoded(value)) - 1]!.byteLength
      wake()
      if (state.bytes > MOST_BUFFERED_BYTES)
        await new Promise<void>((resolve) => {
          resume = resolve
        })
    }
    state.isOver = true
  }
  const onAbort = (): void => {
    wake()
    resume()
  }
  signal.addEventListener('abort', onAbort)
  const beat = setInterval(() => {
    state.isQuiet = true
    wake()
  }, HEARTBEAT_MS)
  read()
    .catch((error: unknown) => {
      state.failure = { error }
    })
    .finally(() => wake())
  try {
    yield RECONNECT
    while (!signal.aborted) {
      if (state.texts.length > 0) {
        await new Promise((resolve) => {
          setImmediate(resolve)
        })
        const piece = Buffer.concat(state.texts)
        Object.assign(state, { texts: [], bytes: 0, isQuiet: false })
        resume()
        yield piece
      } else if (state.failure !== null) throw state.failure.error
      else if (state.isOver) {
        yield END
        return
      } else if (state.isQuiet) {
        state.isQuiet = false
        yield HEARTBEAT
      } else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    clearInterval(beat)
    signal.removeEventListener('abort', onAbort)
    // Not awaited: an iterator that waits for its next event ends only when that event comes, or by the
    // same signal.
    void Promise.resolve(iterator.return?.()).catch(() => {})
  }
}

/** Events are shared by all clients that follow a run: each is serialised once. */
const texts = new WeakMap<object, Uint8Array>()

function encoded(event: unknown): Uint8Array {
  if (typeof event !== 'object' || event === null) return encoder.encode(eventText(event))
  const known = texts.get(event) ?? encoder.encode(eventText(event))
  texts.set(event, known)
  return known
}

/** JSON contains no line breaks, so one `data:` line is the event. */
function eventText(event: unknown): string {
  const seq =
    typeof event === 'object' && event !== null && 'seq' in event ? `id: ${String(event.seq)}\n` : ''
  return `${seq}data: ${JSON.stringify(event)}\n\n`
}

function after(ms: number): Promise<'late'> & { cancel: () => void } {
  let timer: NodeJS.Timeout
  const promise = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms)
  })
  return Object.assign(promise, { cancel: () => clearTimeout(timer) })
}
