/**
 * Small predictions of other clients during a fault: each with a different drawn image, and each retried
 * once when the first attempt failed through no fault of the client: after what `Retry-After` says, and at once where
 * the connection was lost. It judges nothing.
 */
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { createRandom } from '#lib/ml/random.ts'
import { percentile, wait } from './fault-scenario.ts'
import type { ProductAnswer, ProductClient } from './product.ts'

const DIFFERENT_IMAGES = 200
/** `fetch` may use another open connection to a killed process until it has noticed that all of them are closed. */
const NOTICED_MS = 50

export type TrafficFigures = {
  readonly sent: number
  /** Acknowledged ids: each must have a row. */
  readonly ids: readonly string[]
  readonly retried: number
  /** The responses to both attempts, where neither was a prediction. */
  readonly failures: readonly string[]
  readonly p50Ms: number
  readonly p99Ms: number
  readonly longestMs: number
}

export const smallImage = (seed: number): Uint8Array =>
  encodePng(drawShape(SHAPES[seed % SHAPES.length]!, seed))

/** Noise does not compress, and resembles no other image. */
export function noisyImage(
  side: number,
  seed: number,
): { readonly png: Uint8Array; readonly pixels: Uint8Array } {
  const random = createRandom(seed)
  const pixels = Uint8Array.from({ length: side * side * 3 }, () => Math.floor(random() * 256))
  return { png: encodePng({ width: side, height: side, data: pixels }), pixels }
}

export type SmallTraffic = {
  readonly clients: number
  readonly pauseMs: number
}

export type RunningTraffic = {
  /** Requests whose second attempt has not been answered yet. */
  readonly retrying: () => number
  readonly end: () => Promise<TrafficFigures>
}

export function startTraffic(
  product: Pick<ProductClient, 'predict'>,
  { clients, pauseMs }: SmallTraffic,
): RunningTraffic {
  const images = Array.from({ length: DIFFERENT_IMAGES }, (_, seed) => smallImage(seed))
  const ids: string[] = []
  const failures: string[] = []
  const times: number[] = []
  let sent = 0
  let retried = 0
  let retrying = 0
  let isEnded = false

  async function one(): Promise<void> {
    const image = images[sent++ % images.length]!
    const began = performance.now()
    let answer = await product.predict(image)
    const first = answer
    if (answer.status !== 200) {
      retried += 1
      retrying += 1
      await wait(answer.retryAfter === null ? NOTICED_MS : Number(answer.retryAfter) * 1_000)
      answer = await product.predict(image)
      retrying -= 1
    }
    times.push(performance.now() - began)
    if (answer.status !== 200) failures.push(`${describe(first)}, then ${describe(answer)}`)
    else if (typeof answer.body['id'] === 'string') ids.push(answer.body['id'])
  }
  async function client(): Promise<void> {
    while (!isEnded) {
      await one()
      if (pauseMs > 0) await wait(pauseMs)
    }
  }
  const working = Promise.all(Array.from({ length: clients }, client))
  return {
    retrying: () => retrying,
    async end() {
      isEnded = true
      await working
      return {
        sent,
        ids,
        retried,
        failures,
        p50Ms: percentile(times, 0.5),
        p99Ms: percentile(times, 0.99),
        longestMs: Math.max(0, ...times),
      }
    },
  }
}

const describe = ({ status, body, failure }: ProductAnswer): string =>
  failure ?? `${status} ${String(body['code'] ?? '')}`.trim()
