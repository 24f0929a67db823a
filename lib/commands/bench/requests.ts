/**
 * Requests of a benchmark to its own product, and the wait for a training run. It starts nothing;
 * throwaway-product.ts does.
 */

import { readPartsLine, type PartSeconds } from '#lib/domain/run-parts.ts'

const POLL_EVERY_MS = 100
const LONGEST_TRAINING_MS = 20 * 60_000
const LONGEST_DOWNLOAD_MS = 60_000

export type EndedRun = {
  readonly state: string
  readonly error: string | null
  readonly recipe: string
  readonly verdict: { readonly kind: string; readonly images: number; readonly sentence: string } | null
}

/** The JSON of a response; a string body counts as JSON. Throws with the product's error when it refuses. */
export async function answer(
  url: string,
  method: string,
  place: string,
  body?: FormData | string,
  key?: string,
): Promise<unknown> {
  const response = await fetch(url + place, {
    method,
    ...(body === undefined ? {} : { body }),
    headers: {
      ...(typeof body === 'string' && { 'content-type': 'application/json' }),
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
  })
  if (!response.ok)
    throw new Error(`${method} ${place} failed with ${response.status}: ${await response.text()}`)
  return response.json()
}

export async function untilDone(url: string, id: string): Promise<EndedRun> {
  const latest = performance.now() + LONGEST_TRAINING_MS
  while (performance.now() < latest) {
    const run = (await answer(url, 'GET', `/api/runs/${id}`)) as EndedRun
    if (run.state === 'done') return run
    if (run.state === 'failed' || run.state === 'cancelled')
      throw new Error(`The training run ended as "${run.state}": ${run.error ?? 'unknown reason'}`)
    await new Promise((resolve) => {
      setTimeout(resolve, POLL_EVERY_MS)
    })
  }
  throw new Error(`The training run was not done after ${LONGEST_TRAINING_MS / 60_000} minutes.`)
}

/** Waits for what a start does in the background: fetching the default network. Without it, figures are others.
 *  @returns the state of that network */
export async function untilBackbone(url: string): Promise<string> {
  const state = async () =>
    (
      (await answer(url, 'GET', '/api/backbone')) as {
        state: 'installed' | 'missing' | 'queued' | 'running' | 'off'
      }
    ).state
  const latest = performance.now() + LONGEST_DOWNLOAD_MS
  let now = await state()
  if (now === 'missing') await answer(url, 'POST', '/api/backbone', '{}')
  for (; performance.now() < latest; now = await state()) {
    if (now === 'installed' || now === 'off') break
    await new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS))
  }
  return now
}

/** What the parts of a run took, from its log. */
export async function partsOf(url: string, id: string): Promise<PartSeconds> {
  const stop = new AbortController()
  const response = await fetch(`${url}/api/runs/${id}/events`, { signal: stop.signal })
  try {
    let text = ''
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      const lines = text.split('\n')
      text = lines.pop()!
      for (const line of lines) {
        const message = /"message":"(Seconds: [^"]*)"/.exec(line)?.[1]
        const parts = message === undefined ? null : readPartsLine(message)
        if (parts) return parts
      }
    }
    throw new Error(`The log of the training run ${id} does not list its parts.`)
  } finally {
    stop.abort()
  }
}
