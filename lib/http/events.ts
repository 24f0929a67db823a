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

/** How long a first event may take before the stream is opened without it; until then a failure is an ordinary problem. */
const FIRST_EVENT_MS = 250

export async function eventsAnswer(events: AsyncIterable<unknown>, signal: AbortSignal): Promise<Outgoing> {
  const iterator = events[Symbol.asyncIterator]()
  const first = iterator.next()
  await Promise.race([first, after(FIRST_EVENT_MS)])
  return { status: 200, headers: HEADERS, body: written(iterator, first, signal) }
}

async function* written(iterator: AsyncIterator<unknown>, first: Promise<IteratorResult<unknown>>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  const { promise: gone, resolve: leave } = Promise.withResolvers<'gone'>()
  const onAbort = (): void => leave('gone')
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort)
  try {
    yield encoder.encode(`retry: ${RECONNECT_MS}\n\n`)
    let next = first
    for (;;) {
      const beat = after(HEARTBEAT_MS)
      const came = await Promise.race([next, beat, gone])
      beat.cancel()
      if (came === 'gone') return
      if (came === 'late') {
        yield encoder.encode(':\n\n')
        continue
      }
      if (came.done) {
        yield encoder.encode('event: end\ndata: {}\n\n')
        return
      }
      yield encoder.encode(eventText(came.value))
      if (signal.aborted) return
      next = iterator.next()
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    // Not awaited: an iterator that waits for its next event lets go only when it comes, or by the same signal.
    void Promise.resolve(iterator.return?.()).catch(() => {})
  }
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
