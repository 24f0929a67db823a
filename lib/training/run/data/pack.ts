/** The cache of decoded images: each image of a snapshot decoded once into the bytes of its square, in one file
 *  that is read by slices. It knows samples but no network; it needs memory for one square, however many there
 *  are. */
import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { parseStoredText, type StoredFormats } from '#lib/contracts/stored.ts'
import { packIndex, type PackIndex } from '#lib/contracts/training-plan.ts'
import type { Split } from '#lib/domain/classifier.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { decode } from '#lib/images/decode.ts'
import { preprocess, squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'

/** A sample with its encoded image. */
export type PackSource = {
  readonly hash: string
  readonly label: string
  readonly split: Split
  readonly bytes: Uint8Array
}

export type PackEntry = {
  readonly hash: string
  readonly label: string
  readonly split: Split
  /** Images of a group have the same; null or absent: not known. */
  readonly group?: string | null | undefined
}

export interface Pack extends Disposable {
  readonly index: PackIndex
  /** Samples of a split in the order of the pack; `classes` determines the number of each label. */
  readonly set: (split: Split, classes: readonly string[]) => SampleSet
}

export type PackOptions = {
  /** DATA_DIR/cache/packs */
  readonly folder: string
  readonly spec: Preprocess
  readonly samples: AsyncIterable<PackSource>
  readonly maxPixels: number
  readonly onProgress: (done: number) => void
  readonly meter?: PackMeter
  readonly signal: AbortSignal
}

/** Measures how long reading the files and decoding them takes, in seconds. */
export type PackMeter = {
  readonly clock: () => number
  readonly done: (seconds: { readonly reading: number; readonly decoding: number }) => void
}

const WRITE_BYTES = 1 << 20 // squares are written in pieces of this size
const PROGRESS_EVERY = 10 // images
const MOST_PACKS = 8 // on disk

/** sha256 over the sorted lines `hash label split`: the same samples give the same name on every machine. */
export function snapshotHash(entries: readonly PackEntry[]): string {
  const lines = entries.map(({ hash, label, split }) => `${hash} ${label} ${split}`).sort()
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}

/** The folder of a pack, named by its content and its preprocessing. */
export const packName = (snapshot: string, spec: Preprocess): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        snapshot,
        spec.size,
        spec.channels,
        spec.fit,
        spec.background,
        spec.resize,
        ...(spec.ink === undefined ? [] : [spec.ink]),
      ]),
    )
    .digest('hex')
    .slice(0, 32)

/** @param known the name that the pack should have, where that is known before its images are read.
 *  @returns the name of that pack where it is on disk; else of the one that is built. */
export async function ensurePack(
  folder: string,
  known: string | null,
  build: () => Omit<PackOptions, 'folder'>,
): Promise<string> {
  const isBuilt = known !== null && (await hasPack(folder, known))
  return isBuilt ? known : buildPack({ folder, ...build() })
}

/** Decodes every sample once and stores the squares; returns the name under which `openPack` finds them. */
export async function buildPack({
  folder,
  spec,
  samples,
  maxPixels,
  onProgress,
  meter,
  signal,
}: PackOptions): Promise<string> {
  const under = join(folder, `.making-${process.pid}`)
  await rm(under, { recursive: true, force: true })
  await mkdir(under, { recursive: true })
  try {
    using earlier = await earlierSquares(folder, spec)
    const index = await writeSquares(under, { spec, samples, maxPixels, onProgress, meter, signal, earlier })
    await writeFile(join(under, 'index.json'), JSON.stringify(index), { flush: true })
    const name = packName(index.snapshot, spec)
    const place = join(folder, name)
    await rm(place, { recursive: true, force: true })
    await rename(under, place)
    await keepNewest(folder)
    signal.throwIfAborted() // what was decoded until then is a pack of fewer images, in which the next one finds it
    return name
  } finally {
    await rm(under, { recursive: true, force: true })
  }
}

/** Each snapshot has its own pack; older ones can always be built again. */
async function keepNewest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.'))
  const dated = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  )
  const old = dated.toSorted((a, b) => b.at - a.at).slice(MOST_PACKS)
  await Promise.all(old.map(({ name }) => rm(join(folder, name), { recursive: true, force: true })))
}

async function writeSquares(
  under: string,
  {
    spec,
    samples,
    maxPixels,
    onProgress,
    meter,
    signal,
    earlier,
  }: Omit<PackOptions, 'folder'> & { readonly earlier: Earlier },
): Promise<PackIndex> {
  const entries: PackEntry[] = []
  const refused: { hash: string; reason: string }[] = []
  const hashes = new Set<string>()
  const bytes = squareBytes(spec)
  const piece = new Uint8Array(Math.max(bytes, Math.floor(WRITE_BYTES / bytes) * bytes))
  let filled = 0
  await using file = await open(join(under, 'squares.bin'), 'w')
  const clock = meter?.clock ?? (() => 0)
  let [reading, decoding, since] = [0, 0, clock()]
  for await (const { hash, label, split, bytes: encoded } of samples) {
    const read = clock()
    reading += read - since
    since = read
    if (signal.aborted) break
    if (hashes.has(hash)) continue
    hashes.add(hash)
    const square = earlier.find(hash) ?? (await squareOf(encoded, spec, maxPixels))
    since = clock()
    decoding += since - read
    if (typeof square === 'string') {
      refused.push({ hash, reason: square })
      continue
    }
    piece.set(square, filled)
    filled += bytes
    entries.push({ hash, label, split })
    if (filled === piece.length) {
      await file.writeFile(piece) // `write` may write only a part on a nearly full disk, without an error
      filled = 0
    }
    if (entries.length % PROGRESS_EVERY === 0) onProgress(entries.length)
  }
  if (filled > 0) await file.writeFile(piece.subarray(0, filled))
  await file.sync()
  onProgress(entries.length)
  meter?.done({ reading, decoding })
  return { snapshot: snapshotHash(entries), spec, entries, refused }
}

interface Earlier extends Disposable {
  /** Valid until the next call. */
  readonly find: (hash: string) => Uint8Array | null
}

/** Squares of the same images in older packs: after an upload only new images are decoded. */
async function earlierSquares(folder: string, spec: Preprocess): Promise<Earlier> {
  const square = new Uint8Array(squareBytes(spec))
  const places = new Map<string, { readonly file: number; readonly at: number }>()
  const files: number[] = []
  for (const name of (await readdir(folder)).filter((one) => !one.startsWith('.'))) {
    const index = await readPackIndex(join(folder, name)).catch(() => null)
    if (!index || packName(index.snapshot, spec) !== name) continue // preprocessed in another way
    const file = openSync(join(folder, name, 'squares.bin'), 'r')
    files.push(file)
    index.entries.forEach(({ hash }, i) => places.set(hash, { file, at: i * square.length }))
  }
  return {
    find(hash) {
      const place = places.get(hash)
      return place && readSync(place.file, square, 0, square.length, place.at) === square.length
        ? square
        : null
    },
    [Symbol.dispose]: () => files.forEach((file) => closeSync(file)),
  }
}

async function squareOf(
  bytes: Uint8Array,
  spec: Preprocess,
  maxPixels: number,
): Promise<Uint8Array | string> {
  const [r, g, b] = spec.background
  try {
    return preprocess(await decode(bytes, { maxPixels, background: { r, g, b } }), spec)
  } catch (error) {
    if (!isDarkroomError(error)) throw error
    return error.why
  }
}

const INDEX: StoredFormats<PackIndex> = {
  what: 'The index of the decoded images',
  action: 'Remove the folder "cache/packs" in DATA_DIR: it is built again when it is needed.',
  formats: { 1: packIndex },
}

/** @throws when there is none, or it cannot be read. */
export const readPackIndex = async (pack: string): Promise<PackIndex> =>
  parseStoredText(await readFile(join(pack, 'index.json'), 'utf8'), INDEX)

export async function hasPack(folder: string, name: string): Promise<boolean> {
  return stat(join(folder, name, 'index.json')).then(
    () => true,
    () => false,
  )
}

export async function openPack(folder: string, name: string): Promise<Pack> {
  const index = await readPackIndex(join(folder, name))
  const file = openSync(join(folder, name, 'squares.bin'), 'r')
  const bytes = squareBytes(index.spec)
  return {
    index,
    set(split, classes) {
      const numbers = new Map(classes.map((label, i) => [label, i]))
      const places = index.entries.flatMap((entry, i) =>
        entry.split === split && numbers.has(entry.label) ? [i] : [],
      )
      return {
        count: places.length,
        hashes: places.map((i) => index.entries[i]!.hash),
        labels: Int32Array.from(places, (i) => numbers.get(index.entries[i]!.label)!),
        targets: null,
        read(i, out, offset) {
          const read = readSync(file, out, offset, bytes, places[i]! * bytes)
          if (read !== bytes)
            throw new Error(
              `${join(folder, name)}/squares.bin ends early: ${read} of ${bytes} bytes of sample ${places[i]}`,
            )
        },
      }
    },
    [Symbol.dispose]: () => closeSync(file),
  }
}
