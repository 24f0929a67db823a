/** The pooled features of a teacher network for each image, as float16, computed once and stored under the
 *  image's hash. It trains nothing; an interrupted extraction continues where it stopped. */
import { appendFile, open, readFile, stat, truncate } from 'node:fs/promises'
import { decode } from '#lib/images/decode.ts'
import { fromHalfBits, halfBytes } from '#lib/ml/formats/float16.ts'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { normalise, preprocess, squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import type { PackSource } from '../run/data/pack.ts'

/** A loaded network's pooled features of images of its size. */
export type FeatureExtractor = (pixels: Float32Array, count: number) => Promise<Float32Array>

export type ExtractionJob = {
  /** `<file>.hashes` and `<file>.f16` */
  readonly file: string
  readonly spec: Preprocess
  readonly length: number
  readonly extract: FeatureExtractor
  readonly samples: AsyncIterable<PackSource>
  readonly onProgress: (done: number) => void
}

const BATCH = 32
const HASH = 64

/** Appends the features that are not stored yet. */
export async function extractFeatures({
  file,
  spec,
  length,
  extract,
  samples,
  onProgress,
}: ExtractionJob): Promise<number> {
  const stored = new Set(await storedHashes(file, length))
  const bytes = squareBytes(spec)
  const pixels = new Float32Array(bytes * BATCH)
  let waiting: string[] = []
  const flush = async (): Promise<void> => {
    if (waiting.length === 0) return
    const computed = await extract(pixels.subarray(0, waiting.length * bytes), waiting.length)
    await appendFile(`${file}.f16`, halfBytes(computed))
    await appendFile(`${file}.hashes`, waiting.join(''))
    waiting = []
    onProgress(stored.size)
  }
  for await (const { hash, bytes: encoded } of samples) {
    if (stored.has(hash)) continue
    stored.add(hash)
    normalise(
      preprocess(await decode(encoded, { maxPixels: 50e6 }), spec),
      spec,
      pixels,
      waiting.length * bytes,
    )
    waiting.push(hash)
    if (waiting.length === BATCH) await flush()
  }
  await flush()
  return stored.size
}

/** Truncates both files to the images that are complete in both. */
async function storedHashes(file: string, length: number): Promise<readonly string[]> {
  const sizes = await Promise.all(
    [`${file}.f16`, `${file}.hashes`].map((name) =>
      stat(name).then(
        (s) => s.size,
        () => 0,
      ),
    ),
  )
  const whole = Math.min(Math.floor(sizes[0]! / (length * 2)), Math.floor(sizes[1]! / HASH))
  if (whole === 0) return []
  await truncate(`${file}.f16`, whole * length * 2)
  await truncate(`${file}.hashes`, whole * HASH)
  return hashesIn(await readFile(`${file}.hashes`, 'utf8'))
}

const hashesIn = (text: string): readonly string[] =>
  Array.from({ length: text.length / HASH }, (_, i) => text.slice(i * HASH, (i + 1) * HASH))

export type Features = {
  readonly length: number
  readonly count: number
  /** Writes the teacher's features of the image to `offset` of `out`; false when there are none. */
  readonly read: (hash: string, out: Float32Array, offset: number) => boolean
}

const FLOATS = Float32Array.from({ length: 65_536 }, (_, half) => fromHalfBits(half))

/** Reads everything into memory: 2.5 kB for each image. */
export async function readFeatures(file: string, length: number): Promise<Features> {
  const hashes = await storedHashes(file, length)
  const halves = new Uint16Array(hashes.length * length)
  await using source = await open(`${file}.f16`, 'r')
  const PIECE = 1 << 28
  const bytes = new Uint8Array(halves.buffer)
  for (let at = 0; at < bytes.length; at += PIECE)
    await source.read(bytes, at, Math.min(PIECE, bytes.length - at), at)
  const rows = new Map(hashes.map((hash, row) => [hash, row]))
  return {
    length,
    count: hashes.length,
    read(hash, out, offset) {
      const row = rows.get(hash)
      if (row === undefined) return false
      const from = row * length
      for (let i = 0; i < length; i++) out[offset + i] = FLOATS[halves[from + i]!]!
      return true
    },
  }
}
