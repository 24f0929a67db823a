/**
 * A product for fault tests: the built one, on a free port, with its own folder and owner's key, and a
 * short way to send it requests. Scenarios define the faults.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { createOwnKey } from '../load/own-product-key.ts'
import { drawnData } from '#lib/processes/throwaway/drawn-data.ts'
import {
  startThrowawayProduct,
  type ProductPlace,
  type ThrowawayProduct,
} from '#lib/processes/throwaway/throwaway-product.ts'

/** Longer than any request may take; a client that waits longer would wait forever. */
const LONGEST_ANSWER_MS = 60_000

export type ProductAnswer = {
  /** 0: there was none. */
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly ms: number
  readonly retryAfter: string | null
  /** The connection's error, if there was no response. */
  readonly failure: string | null
}

export type ProductRequest = {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly body?: Uint8Array | FormData | string
  readonly type?: string
  /** Without the key. */
  readonly isAnonymous?: boolean
  readonly timeoutMs?: number
}

export type Product = ThrowawayProduct & ProductClient

export type ProductClient = {
  /** The header with the owner's key, for hand-written requests. */
  readonly bearer: string
  readonly request: (path: string, ask?: ProductRequest) => Promise<ProductAnswer>
  readonly predict: (
    image: Uint8Array,
    ask?: Pick<ProductRequest, 'isAnonymous' | 'type' | 'timeoutMs'>,
  ) => Promise<ProductAnswer>
}

/** Rate limits are off unless a scenario tests them: all requests come from one address. */
export async function startProduct(
  settings: Readonly<Record<string, string>> = {},
  place: ProductPlace = {},
): Promise<Product> {
  const product = await startThrowawayProduct(
    { DEFAULT_CLASSIFIER: 'shapes', RATE_LIMIT_ENABLED: 'false', ...settings },
    { copyOf: await drawnData(), ...place },
  )
  const key = await createOwnKey(product.dataDir, { name: 'npm run test:faults', scopes: ['admin'] })
  const client = clientOf(product.url, key)
  await allStarted(client.request)
  return { ...product, ...client }
}

/** Requests to the product at this address, with the owner's key. */
export function clientOf(url: string, key: string): ProductClient {
  const request: ProductClient['request'] = async (
    path,
    { method = 'GET', body, type, isAnonymous = false, timeoutMs = LONGEST_ANSWER_MS } = {},
  ) => {
    const began = performance.now()
    const headers = {
      ...(type !== undefined && { 'content-type': type }),
      ...(!isAnonymous && { authorization: `Bearer ${key}` }),
    }
    try {
      const sent = body instanceof Uint8Array ? new Uint8Array(body) : body
      const signal = AbortSignal.timeout(timeoutMs)
      const response = await fetch(url + path, {
        method,
        headers,
        signal,
        ...(sent !== undefined && { body: sent }),
      })
      const text = await response.text()
      return {
        status: response.status,
        body: parsed(text),
        ms: performance.now() - began,
        retryAfter: response.headers.get('retry-after'),
        failure: null,
      }
    } catch (error) {
      return {
        status: 0,
        body: {},
        ms: performance.now() - began,
        retryAfter: null,
        failure: failureOf(error),
      }
    }
  }
  return {
    bearer: `Bearer ${key}`,
    request,
    predict: (image, { type = 'application/octet-stream', ...more } = {}) =>
      request('/api/predict?classifier=shapes', { method: 'POST', body: image, type, ...more }),
  }
}

/** Predictions are available before pages and jobs are; memory and processes are compared with all of them. */
export async function allStarted(request: ProductClient['request']): Promise<void> {
  const isStarted = async (): Promise<boolean> => {
    const { status } = await request('/api/health/ready')
    const { body } = await request('/api/health')
    return status === 200 && JSON.stringify(body['worker'] ?? null).includes('"ok":true')
  }
  const began = performance.now()
  while (performance.now() - began < LONGEST_ANSWER_MS && !(await isStarted())) await pause(100)
}

/** Pages and files are not JSON. */
function parsed(text: string): ProductAnswer['body'] {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  return cause instanceof Error ? ('code' in cause && String(cause.code)) || cause.message : error.name
}
