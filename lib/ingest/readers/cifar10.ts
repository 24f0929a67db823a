/** CIFAR-10 from its binary version: the official archive, one packed again, or a folder with the six batch
 *  files; 60,000 colour PNGs of 32 × 32. The checksums are those of the six files inside, because archives differ and
 *  their contents do not. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { download } from './download.ts'
import { inTurns } from './yield-to-event-loop.ts'
import type { Dataset, LabelledImage, DatasetOptions } from './labelled-image.ts'
import {
  DEFAULT_DOWNLOADS,
  exists,
  isFolder,
  missingFile,
  requirePinned,
  wrongFile,
} from './official-file.ts'
import type { OfficialFile, PinnedContent } from './official-file.ts'
import { readTar } from '#lib/archive/read-tar.ts'
import type { TarFile } from '#lib/archive/read-tar.ts'

const CLASSES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']
const SIDE = 32
const PLANE = SIDE * SIDE
/** A label, then 1,024 red, 1,024 green and 1,024 blue values, row by row (cs.toronto.edu/~kriz/cifar.html). */
const RECORD = 1 + 3 * PLANE
const BATCH_BYTES = 10_000 * RECORD

export type Cifar10Files = {
  readonly archive: OfficialFile
  readonly batches: readonly (PinnedContent & { readonly split: 'train' | 'test' })[]
}

const batch = (split: 'train' | 'test', name: string, sha256: string) => ({
  split,
  name,
  sha256,
  sizeBytes: BATCH_BYTES,
})

export const CIFAR10: Cifar10Files = {
  archive: {
    name: 'cifar-10-binary.tar.gz',
    urls: ['https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz'],
    packedBytes: 170_052_171,
  },
  batches: [
    batch('train', 'data_batch_1.bin', 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5'),
    batch('train', 'data_batch_2.bin', 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed'),
    batch('train', 'data_batch_3.bin', 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67'),
    batch('train', 'data_batch_4.bin', '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48'),
    batch('train', 'data_batch_5.bin', '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add'),
    batch('test', 'test_batch.bin', '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b'),
  ],
}

/** All six files are checked before the first image is returned; then one batch at a time is in memory. */
export async function openCifar10(opening: DatasetOptions, files: Cifar10Files = CIFAR10): Promise<Dataset> {
  const source = opening.from ?? (await fetched(files, opening))
  if (opening.from !== undefined) await verify(source, files, opening.signal)
  return {
    classes: CLASSES,
    count: files.batches.reduce((sum, { sizeBytes }) => sum + sizeBytes / RECORD, 0),
    images: inTurns(imagesOf(source, files), opening.signal),
  }
}

async function fetched(
  files: Cifar10Files,
  { downloads = DEFAULT_DOWNLOADS, mirror, onProgress, signal }: DatasetOptions,
): Promise<string> {
  const stored = join(downloads, files.archive.name)
  const check = (path: string): Promise<void> => verify(path, files, signal)
  const isIntact =
    (await exists(stored)) &&
    (await check(stored).then(
      () => true,
      () => false,
    ))
  if (!isIntact) await download({ file: files.archive, to: stored, mirror, check, onProgress, signal })
  return stored
}

async function verify(source: string, files: Cifar10Files, signal?: AbortSignal): Promise<void> {
  const missing = new Map(files.batches.map((pinned) => [pinned.name, pinned]))
  for await (const { name, bytes } of batchesIn(source, files)) {
    signal?.throwIfAborted()
    const pinned = missing.get(name)
    if (pinned === undefined) continue
    requirePinned(join(source, name), pinned, bytes)
    missing.delete(name)
  }
  const [first] = missing.keys()
  if (first !== undefined) throw missingFile(source, first)
}

async function* batchesIn(source: string, files: Cifar10Files): AsyncGenerator<TarFile> {
  const pinned = new Map(files.batches.map((one) => [one.name, one]))
  if (await isFolder(source)) {
    for (const { name, sizeBytes } of files.batches) {
      const path = await batchIn(source, name)
      const { size } = await stat(path)
      if (size !== sizeBytes) throw wrongFile(path, name, `it has ${size} bytes instead of ${sizeBytes}`)
      yield { name, bytes: await readFile(path) }
    }
    return
  }
  try {
    yield* readTar(source, (name, size) => {
      const one = pinned.get(name)
      if (one !== undefined && size !== one.sizeBytes)
        throw wrongFile(join(source, name), name, `it has ${size} bytes instead of ${one.sizeBytes}`)
      return one !== undefined
    })
  } catch (cause) {
    if (isDarkroomError(cause)) throw cause
    throw wrongFile(source, files.archive.name, 'it is truncated, damaged or another file', cause)
  }
}

async function batchIn(folder: string, name: string): Promise<string> {
  for (const path of [join(folder, name), join(folder, 'cifar-10-batches-bin', name)])
    if (await exists(path)) return path
  throw missingFile(folder, name)
}

async function* imagesOf(source: string, files: Cifar10Files): AsyncGenerator<LabelledImage> {
  const splits = new Map(files.batches.map(({ name, split }) => [name, split]))
  for await (const { name, bytes } of batchesIn(source, files)) {
    for (let at = 0, i = 0; at < bytes.length; at += RECORD, i++) {
      const label = CLASSES[bytes[at]!]
      if (label === undefined) throw new Error(`pinned ${name} has label ${bytes[at]} at ${i}`)
      const png = encodePng({
        width: SIDE,
        height: SIDE,
        data: interleaved(bytes.subarray(at + 1, at + RECORD)),
      })
      yield { label, split: splits.get(name)!, path: `${name.replace(/\.bin$/, '')}/${i}.png`, bytes: png }
    }
  }
}

function interleaved(planes: Uint8Array): Uint8Array {
  const data = new Uint8Array(planes.length)
  for (let p = 0, to = 0; p < PLANE; p++, to += 3) {
    data[to] = planes[p]!
    data[to + 1] = planes[PLANE + p]!
    data[to + 2] = planes[2 * PLANE + p]!
  }
  return data
}
