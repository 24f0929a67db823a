/** Features of images, stored on disk so that the next training run computes only those of new images. They can
 *  always be computed again, so an unreadable folder counts as empty. The caller chooses the network and the
 *  images. */
import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { parseStoredText, type StoredFormats } from '#lib/contracts/stored.ts'
import { featureKeys } from '#lib/contracts/training-plan.ts'
import { backboneLayers, backboneWeights } from '#lib/ml/network/head-network.ts'
import type { Network, Weights } from '#lib/ml/network/network.ts'

const MOST_BYTES = 512 * 2 ** 20 // of all folders together
const MOST_FOLDERS = 12 // a network and a way to preprocess each

/** Rows by key; a key is an image's hash and how the image was changed. */
export type FeatureRows = {
  readonly length: number
  readonly keys: readonly string[]
  readonly rows: Float32Array
}

/** float16: half the bytes; a head trained on them has the same accuracy (docs/performance.md). */
const ROWS_FILE = 'rows.f16'
const LARGEST_HALF = 65504

/** What computes the features: two engines differ in the last digits, two precisions in more. */
export type FeatureEngine = { readonly name: string; readonly precision: 'float32' | 'bfloat16' }

/** Equal layers with equal weights give equal features on one engine, so the name depends on neither the head nor
 *  the version. */
export function embeddingsName(
  network: Network,
  weights: Weights,
  { spec, engine }: { readonly spec: Preprocess; readonly engine: FeatureEngine },
): string {
  const hash = createHash('sha256').update(
    JSON.stringify([network.input, backboneLayers(network), spec, engine.name, engine.precision]),
  )
  for (const values of backboneWeights(network, weights))
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  return hash.digest('hex').slice(0, 32)
}

/** Features as they are read again after they were stored: rounded to float16. */
export const asStored = (features: Float32Array): Float32Array =>
  Float32Array.from(Float16Array.from(features, bounded))

const bounded = (value: number): number => Math.max(-LARGEST_HALF, Math.min(LARGEST_HALF, value))

/** All rows in a folder of this cache; null when they cannot be read. */
export async function readStored(place: string): Promise<FeatureRows | null> {
  try {
    const keys = await readKeys(place)
    const bytes = await readFile(join(place, ROWS_FILE))
    const halves = new Float16Array(new Uint8Array(bytes).buffer)
    if (keys.length === 0 || halves.length % keys.length !== 0) return null
    return { length: halves.length / keys.length, keys, rows: Float32Array.from(halves) }
  } catch {
    return null
  }
}

/** Each stored row by its key; empty when nothing readable is stored. */
export async function readRows(
  folder: string,
  name: string,
  length: number,
): Promise<ReadonlyMap<string, Float32Array>> {
  const place = join(folder, name)
  const stored = await readStored(place)
  if (stored?.length !== length) return new Map()
  await utimes(place, new Date(), new Date()).catch(() => undefined) // marks it as recently used
  return new Map(stored.keys.map((key, i) => [key, stored.rows.subarray(i * length, (i + 1) * length)]))
}

const KEYS: StoredFormats<readonly string[]> = {
  what: 'The list of stored features',
  action: 'Remove the folder "cache/embeddings" in DATA_DIR: features are computed again when needed.',
  formats: { 1: featureKeys },
}

/** @throws when there are none, or they cannot be read. */
export const readKeys = async (place: string): Promise<readonly string[]> =>
  parseStoredText(await readFile(join(place, 'keys.json'), 'utf8'), KEYS)

/** Some of the rows, without reading the others; those that are not stored are left out.
 *  @throws when nothing readable is stored */
export async function readSomeRows(
  place: string,
  keys: readonly string[],
  length: number,
): Promise<ReadonlyMap<string, Float32Array>> {
  const places = new Map((await readKeys(place)).map((key, i) => [key, i]))
  await using file = await open(join(place, ROWS_FILE), 'r')
  const bytes = length * Float16Array.BYTES_PER_ELEMENT
  const rows = new Map<string, Float32Array>()
  if ((await file.stat()).size !== places.size * bytes) return rows
  for (const key of keys) {
    const at = places.get(key)
    if (at === undefined) continue
    const row = new Float16Array(length)
    await file.read(new Uint8Array(row.buffer), 0, bytes, at * bytes)
    rows.set(key, Float32Array.from(row))
  }
  return rows
}

/** Replaces what was stored under this name. */
export async function writeRows(folder: string, name: string, { keys, rows }: FeatureRows): Promise<void> {
  const partial = join(folder, `.making-${process.pid}`)
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  try {
    {
      await using file = await open(join(partial, ROWS_FILE), 'w')
      await file.writeFile(new Uint8Array(Float16Array.from(rows, bounded).buffer))
      await file.sync()
    }
    await writeFile(join(partial, 'keys.json'), JSON.stringify(keys), { flush: true })
    await rm(join(folder, name), { recursive: true, force: true })
    await rename(partial, join(folder, name))
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
  await sweep(folder)
}

/** Removes the oldest folders until the rest is within the limits. */
async function sweep(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.'))
  const folders = await Promise.all(
    names.map(async (name) => {
      const place = join(folder, name)
      const [{ mtimeMs }, rows] = await Promise.all([
        stat(place),
        stat(join(place, ROWS_FILE)).catch(() => null),
      ])
      return { place, at: mtimeMs, bytes: rows?.size ?? 0 }
    }),
  )
  let bytes = 0
  for (const [i, one] of folders.toSorted((a, b) => b.at - a.at).entries()) {
    bytes += one.bytes
    if (i > 0 && (i >= MOST_FOLDERS || bytes > MOST_BYTES))
      await rm(one.place, { recursive: true, force: true })
  }
}
