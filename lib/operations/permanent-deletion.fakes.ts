/** Images that leave traces in all stores, for the tests of permanent deletion. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { predictionOf, type DataFixture } from '#lib/data/opened.fakes.ts'
import type { NewImage } from '#lib/data/values.ts'
import { fingerprintOf } from '#lib/domain/grouping/near-copies.ts'
import { decode } from '#lib/images/decode.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { thumbnail } from '#lib/images/thumbnail.ts'
import { preprocess } from '#lib/ml/preprocess/preprocess.ts'
import { createRandom } from '#lib/ml/random.ts'
import { writeRows } from '#lib/training/features/feature-cache.ts'
import { buildPack, type PackSource } from '#lib/training/run/data/pack.ts'
import { composePermanentDeletion } from '#lib/processes/compose/compose-permanent-deletion.ts'

const SPEC = {
  size: 32,
  channels: 3,
  fit: 'cover',
  background: [255, 255, 255],
  resize: 'lanczos3',
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
} as const
const LIMITS = { maxPixels: 1e6 }
export const DAY_MS = 86_400_000

/** Noise: every 24 bytes of it are unique. 40 px: stored in a database row; 160 px: stored as a file. */
export function noise(side: number, seed: number): NewImage {
  const random = createRandom(seed)
  const bytes = encodePng({
    width: side,
    height: side,
    data: Uint8Array.from({ length: side * side * 3 }, () => Math.floor(random() * 256)),
  })
  return {
    hash: createHash('sha256').update(bytes).digest('hex'),
    bytes,
    width: side,
    height: side,
    mediaType: 'image/png',
  }
}

export const squareOf = async (image: NewImage): Promise<Uint8Array> =>
  preprocess(await decode(image.bytes, LIMITS), {
    ...SPEC,
    background: [...SPEC.background],
    mean: [...SPEC.mean],
    std: [...SPEC.std],
  })

const smallOf = async (image: NewImage, size: number): Promise<Uint8Array> =>
  thumbnail(await decode(image.bytes, LIMITS), size)

/** Files below the folder that contain any 24 bytes from the middle of these contents. */
export function holding(folder: string, contents: readonly Uint8Array[]): readonly string[] {
  const needles = contents.flatMap((content) =>
    [0.2, 0.5, 0.8].map((at) =>
      Buffer.from(content.subarray(Math.floor(content.length * at), Math.floor(content.length * at) + 24)),
    ),
  )
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => {
      const file = path.join(folder, name)
      if (!statSync(file).isFile()) return false
      const bytes = readFileSync(file)
      return needles.some((needle) => bytes.includes(needle))
    })
    .sort()
}

/**
 * Two images, used for training (packed, with features), predicted, shown as thumbnails, and named in a
 * report; a third image stays.
 */
export async function used(opened: DataFixture) {
  const { data, folder } = opened
  const [small, large, other] = [noise(40, 1), noise(160, 2), noise(40, 3)]
  const upload = await data.uploads.begin('fruit')
  const added = await data.samples.add(
    'fruit',
    [small, large, other].map((image, i) => ({
      image,
      label: 'apple',
      split: 'train',
      source: 'upload',
      uploadId: upload.id,
      filename: `secret-${i}.png`,
    })),
  )
  const fingerprints = await Promise.all(
    [small, large, other].map(async (image) => fingerprintOf(await decode(image.bytes, LIMITS))),
  )
  await data.groups.keepTraits(
    [small, large, other].map(({ hash }, i) => ({
      hash,
      traits: { fingerprint: fingerprints[i]!, shot: null },
    })),
  )
  await data.uploads.change(upload.id, {
    state: 'done',
    count: 3,
    files: 4,
    findings: [
      {
        kind: 'duplicate_in_upload',
        filename: 'copy.png',
        detail: 'The same image as secret-1.png.',
        sampleId: null,
      },
    ],
    findingsTotal: 1,
  })
  const predictions = [small, large].map((image) =>
    predictionOf(data, { image, filename: 'prediction-secret.png' }),
  )
  for (const prediction of predictions) await data.predictions.record(prediction)
  for (const image of [small, large])
    for (const size of [16, 96])
      await data.blobs.put('thumbnail', `${image.hash}-${size}`, await smallOf(image, size))
  async function* samples(): AsyncGenerator<PackSource> {
    for (const { hash, bytes } of [small, large, other]) yield { hash, label: 'apple', split: 'train', bytes }
  }
  const packs = path.join(folder, 'cache', 'packs')
  const spec = {
    ...SPEC,
    background: [...SPEC.background] as [number, number, number],
    mean: [...SPEC.mean],
    std: [...SPEC.std],
  }
  await buildPack({
    folder: packs,
    spec,
    samples: samples(),
    maxPixels: 1e6,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  })
  mkdirSync(path.join(packs, '.making-999999'))
  // of a process that was killed
  writeFileSync(path.join(packs, '.making-999999', 'squares.bin'), await squareOf(large))
  await writeRows(path.join(folder, 'cache', 'embeddings'), 'net', {
    length: 2,
    keys: [small.hash, `${large.hash} mirrored`, other.hash],
    rows: Float32Array.of(1, 2, 3, 4, 5, 6),
  })
  const traces = await Promise.all(
    [small, large].flatMap((image, i) => [
      Promise.resolve(image.bytes),
      squareOf(image),
      smallOf(image, 16),
      smallOf(image, 96),
      Promise.resolve(fingerprints[i]!),
    ]),
  )
  const erase = composePermanentDeletion(data, folder, async () => [])
  return { traces, other, ids: added.slice(0, 2).map(({ sampleId }) => sampleId), upload, predictions, erase }
}
