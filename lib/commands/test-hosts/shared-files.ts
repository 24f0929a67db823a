/**
 * Files that one host stores are there for the others: large images, which are not rows, a version that was trained on
 * them, the files of a prediction job, and the end of all of them with permanent deletion.
 */
import { buffer } from 'node:stream/consumers'
import { writeZip, type OutgoingEntry } from '#lib/archive/write-zip.ts'
import { SHAPES } from '#lib/domain/drawn-shapes.ts'
import { within, type CheckResult } from '../test-faults/fault-scenario.ts'
import { runOf } from '../test-faults/full-disk.ts'
import type { ProductClient } from '../test-faults/product.ts'
import { noisyImage } from '../test-faults/traffic.ts'

const CLASSIFIER = 'shared-files'
const CLASSES = SHAPES.slice(0, 2)
const PER_CLASS = 12
/** A PNG of this side without a pattern has 49 kB: too much for a row. */
const SIDE = 128
const LONGEST_MS = 180_000

type WebClient = ProductClient & { readonly url: string }

/** @param clients of the web instances, at least two */
export async function sharedFiles(clients: readonly WebClient[]): Promise<readonly CheckResult[]> {
  const [first, second] = [clients[0]!, clients.at(-1)!]
  const uploaded = await upload(first)
  const images = await sampleIds(second)
  const bytes = await sizesOf(second, images)
  const run = await trained(first)
  const predicted = await predictedBy(second)
  const job = await jobEnded(first)
  const deleted = await deletedEverywhere(first, { images, clients })
  return [
    row('images above 32 kB, sent to one web instance, are read by another', {
      expected: `${CLASSES.length * PER_CLASS} with all bytes`,
      measured: `${uploaded} stored, ${bytes.filter((size) => size > 32_768).length} read`,
      holds: uploaded === CLASSES.length * PER_CLASS && bytes.every((size) => size > 32_768),
    }),
    row('a worker trains on them, and another web instance predicts with the version', {
      expected: 'the run is done; the prediction is by v1',
      measured: `${run}; ${predicted}`,
      holds: run === 'done' && predicted === 'v1',
    }),
    row('a prediction job that one web instance received', {
      expected: 'done',
      measured: job,
      holds: job === 'done',
    }),
    row('permanent deletion on one web instance', {
      expected: 'no instance has an image any more',
      measured: `${deleted} responses with 404 of ${images.length * clients.length}`,
      holds: deleted === images.length * clients.length,
    }),
  ]
}

const row = (what: string, found: Omit<CheckResult, 'what'>): CheckResult => ({ what, ...found })

const pngs = (): readonly OutgoingEntry[] =>
  CLASSES.flatMap((label, index) =>
    Array.from({ length: PER_CLASS }, (_, i) => ({
      path: `${label}/${i}.png`,
      content: noisyImage(SIDE, 1_000 * index + i).png,
    })),
  )

/** How many were added. */
async function upload({ request }: ProductClient): Promise<number> {
  const { body } = await request(`/api/upload?classifier=${CLASSIFIER}&create=true`, {
    method: 'POST',
    type: 'application/zip',
    body: await buffer(writeZip(pngs())),
  })
  return Number(body['count'] ?? 0)
}

async function sampleIds({ request }: ProductClient): Promise<readonly string[]> {
  const { body } = await request(`/api/samples?classifier=${CLASSIFIER}&limit=100`)
  return ((body['samples'] ?? []) as readonly { readonly id: string }[]).map(({ id }) => id)
}

async function sizesOf({ bearer, url }: WebClient, ids: readonly string[]): Promise<readonly number[]> {
  const sizes: number[] = []
  for (const id of ids) {
    const response = await fetch(`${url}/api/samples/${id}/image`, { headers: { authorization: bearer } })
    sizes.push(response.ok ? (await response.arrayBuffer()).byteLength : 0)
  }
  return sizes
}

/** The state in which the run ended. */
async function trained({ request }: ProductClient): Promise<string> {
  const { status, body } = await request('/api/retrain', {
    method: 'POST',
    type: 'application/json',
    body: JSON.stringify({ classifier: CLASSIFIER, force: true }),
  })
  const run = body['run'] as { readonly id: string } | undefined
  if (run === undefined) return `not started: ${status} ${String(body['detail'])}`
  let state = 'unknown'
  await within(LONGEST_MS, async () => {
    const found = await runOf({ request }, run.id)
    state = found['state'] === 'failed' ? `failed: ${String(found['error'])}` : String(found['state'])
    return state === 'done' || state === 'cancelled' || state.startsWith('failed')
  })
  return state
}

/** The version that predicts, once it is promoted. */
async function predictedBy({ request }: ProductClient): Promise<string> {
  const { body } = await request(`/api/models?classifier=${CLASSIFIER}`)
  const [version] = (body['models'] ?? []) as readonly { readonly id: string }[]
  if (version !== undefined)
    await request(`/api/models/${version.id}/promote`, {
      method: 'POST',
      type: 'application/json',
      body: JSON.stringify({ reason: 'npm run test:hosts' }),
    })
  let answer = 'nothing'
  await within(LONGEST_MS, async () => {
    const { status, body } = await request(`/api/predict?classifier=${CLASSIFIER}`, {
      method: 'POST',
      type: 'image/png',
      body: noisyImage(SIDE, 77).png,
    })
    answer = status === 200 ? String(body['model_version']) : `${status} ${String(body['detail'])}`
    return status === 200
  })
  return answer
}

/** The state in which it ended. */
async function jobEnded({ request }: ProductClient): Promise<string> {
  const { status, body } = await request(`/api/predict/jobs?classifier=${CLASSIFIER}`, {
    method: 'POST',
    type: 'application/zip',
    body: await buffer(writeZip(pngs())),
  })
  if (status !== 202) return `not accepted: ${status} ${String(body['detail'])}`
  let state = 'unknown'
  await within(LONGEST_MS, async () => {
    const found = await request(`/api/predict/jobs/${String(body['id'])}`)
    const job = (found.body['job'] ?? found.body) as { readonly state?: string }
    state = String(job.state)
    return ['done', 'failed', 'cancelled'].includes(state)
  })
  return state
}

/** How many requests for one of the images were answered with 404. */
async function deletedEverywhere(
  { request }: ProductClient,
  { images, clients }: { readonly images: readonly string[]; readonly clients: readonly ProductClient[] },
): Promise<number> {
  const trashed = await request('/api/samples', {
    method: 'PATCH',
    type: 'application/json',
    body: JSON.stringify({ ids: images, is_trashed: true }),
  })
  await request(`/api/trash/${String(trashed.body['trash_id'])}`, { method: 'DELETE' })
  let gone = 0
  for (const client of clients)
    for (const id of images) gone += (await client.request(`/api/samples/${id}/image`)).status === 404 ? 1 : 0
  return gone
}
