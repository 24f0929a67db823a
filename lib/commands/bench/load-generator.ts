/**
 * Sends predictions to a product and records the status and time of each response: with a fixed number in
 * flight, or at a fixed rate however long the responses take. autocannon does not separate the times of
 * accepted responses from those of refusals.
 */
import { Agent, request } from 'node:http'
import { performance } from 'node:perf_hooks'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'

const DIFFERENT_IMAGES = 200
const TICK_MS = 5
/**
 * Open connections at a fixed rate: what cannot be sent on one of these is lost, as a full accept queue
 * would lose it.
 */
const MOST_SOCKETS = 2_000
const TIMEOUT_MS = 20_000

export type SentAnswer = {
  readonly status: number
  readonly ms: number
  readonly endedAt: number
  readonly retryAfter: string | undefined
}

type Load = { readonly seconds: number } & ({ readonly connections: number } | { readonly perSecond: number })

const IMAGES = Array.from({ length: DIFFERENT_IMAGES }, (_, seed) =>
  Buffer.from(encodePng(drawShape(SHAPES[seed % SHAPES.length]!, seed))),
)

export function createSender(url: string): Disposable & {
  readonly one: () => Promise<SentAnswer>
  readonly fire: (load: Load) => Promise<readonly SentAnswer[]>
} {
  const { hostname, port } = new URL(url)
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_SOCKETS, scheduling: 'fifo' })
  let sent = 0

  const one = (): Promise<SentAnswer> =>
    new Promise((resolve) => {
      const body = IMAGES[sent++ % IMAGES.length]!
      const began = performance.now()
      const answered = (status: number, retryAfter?: string) =>
        resolve({ status, retryAfter, ms: performance.now() - began, endedAt: performance.now() })
      const outgoing = request(
        {
          hostname,
          port,
          agent,
          method: 'POST',
          path: '/api/predict',
          timeout: TIMEOUT_MS,
          headers: { 'content-type': 'image/png', 'content-length': body.length },
        },
        (response) => {
          response.resume()
          response.once('end', () => answered(response.statusCode ?? 0, response.headers['retry-after']))
          response.once('error', () => answered(0))
        },
      )
      outgoing.once('timeout', () => outgoing.destroy())
      outgoing.once('error', () => answered(0))
      outgoing.end(body)
    })

  async function fire(load: Load): Promise<SentAnswer[]> {
    const answers: SentAnswer[] = []
    const end = performance.now() + load.seconds * 1_000
    if ('connections' in load) {
      await Promise.all(
        Array.from({ length: load.connections }, async () => {
          while (performance.now() < end) answers.push(await one())
        }),
      )
      return answers
    }
    const open = new Set<Promise<unknown>>()
    const began = performance.now()
    let sentCount = 0
    while (performance.now() < end) {
      for (const due = ((performance.now() - began) / 1_000) * load.perSecond; sentCount < due; sentCount++) {
        const params = one().then((answer) => {
          answers.push(answer)
          open.delete(params)
        })
        open.add(params)
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS))
    }
    await Promise.all(open)
    return answers
  }

  return { one, fire, [Symbol.dispose]: () => agent.destroy() }
}

/** The value below which this share of the values lies; 0 for an empty list. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}
