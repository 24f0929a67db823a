/** MNIST from its four official idx files, gzipped or plain: 60,000 training and 10,000 test digits as 28 × 28
 *  grey PNGs. The checksums below were computed from files with the four published MD5 sums (f68b3c2d…, d53e105e…,
 *  9fb629c4…, ec29112d…). */
import { join } from 'node:path'
import { DarkroomError } from '#lib/domain/errors.ts'
import { encodeGreyPng } from '#lib/images/write-png.ts'
import { download } from './download.ts'
import { inTurns } from './yield-to-event-loop.ts'
import type { Dataset, LabelledImage, DatasetOptions } from './labelled-image.ts'
import { DEFAULT_DOWNLOADS, exists, isFolder, missingFile, readPinned } from './official-file.ts'
import type { OfficialFile, PinnedContent } from './official-file.ts'

const ADDRESSES = [
  'https://ossci-datasets.s3.amazonaws.com/mnist',
  'https://storage.googleapis.com/cvdf-datasets/mnist',
]

export type MnistPart = {
  readonly split: 'train' | 'test'
  readonly images: OfficialFile & PinnedContent
  readonly labels: OfficialFile & PinnedContent
}

const file = (
  name: string,
  packedBytes: number,
  sizeBytes: number,
  sha256: string,
): OfficialFile & PinnedContent => ({
  name: `${name}.gz`,
  urls: ADDRESSES.map((address) => `${address}/${name}.gz`),
  packedBytes,
  sizeBytes,
  sha256,
})

export const MNIST: readonly MnistPart[] = [
  {
    split: 'train',
    images: file(
      'train-images-idx3-ubyte',
      9_912_422,
      47_040_016,
      'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    ),
    labels: file(
      'train-labels-idx1-ubyte',
      28_881,
      60_008,
      '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    ),
  },
  {
    split: 'test',
    images: file(
      't10k-images-idx3-ubyte',
      1_648_877,
      7_840_016,
      '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    ),
    labels: file(
      't10k-labels-idx1-ubyte',
      4_542,
      10_008,
      'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    ),
  },
]
const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']
const IMAGES_MAGIC = 0x803
const LABELS_MAGIC = 0x801

/** Everything is checked before the first image is returned; 55 MB stay in memory meanwhile. */
export async function openMnist(
  opening: DatasetOptions,
  parts: readonly MnistPart[] = MNIST,
): Promise<Dataset> {
  const read = []
  for (const { split, images, labels } of parts) {
    read.push({
      split,
      name: images.name,
      images: await contentOf(images, opening),
      labels: await contentOf(labels, opening),
    })
  }
  const parsedFiles = read.map((part) => ({ ...part, ...parsed(part) }))
  return {
    classes: DIGITS,
    count: parsedFiles.reduce((sum, part) => sum + part.count, 0),
    images: inTurns(digitsOf(parsedFiles), opening.signal),
  }
}

async function contentOf(
  officialFile: OfficialFile & PinnedContent,
  { from, downloads = DEFAULT_DOWNLOADS, mirror, onProgress, signal }: DatasetOptions,
): Promise<Uint8Array> {
  signal?.throwIfAborted()
  const stored = join(downloads, officialFile.name)
  if (from !== undefined) return readPinned(await pathIn(from, officialFile.name), officialFile)
  if (await exists(stored)) {
    const content = await readPinned(stored, officialFile).catch(() => null)
    if (content !== null) return content
  }
  const check = async (path: string): Promise<void> => void (await readPinned(path, officialFile))
  await download({ file: officialFile, to: stored, mirror, check, onProgress, signal })
  return readPinned(stored, officialFile)
}

/** The names with and without `.gz`, and with the dot that some copies have (`train-images.idx3-ubyte`). */
async function pathIn(folder: string, name: string): Promise<string> {
  if (!(await isFolder(folder)))
    throw new DarkroomError('bad_data_file', {
      what: `${folder} is a file`,
      why: 'MNIST consists of four files',
      remedy: 'Specify the folder that contains them.',
    })
  const plain = name.replace(/\.gz$/, '')
  for (const candidate of [name, plain, plain.replace('-idx', '.idx')])
    if (await exists(join(folder, candidate))) return join(folder, candidate)
  throw missingFile(folder, name)
}

type Idx = {
  readonly split: 'train' | 'test'
  readonly name: string
  readonly images: Uint8Array
  readonly labels: Uint8Array
}
type ParsedIdx = Idx & { readonly count: number; readonly height: number; readonly width: number }

/** idx: big-endian magic number, count, height and width, then the bytes (yann.lecun.com/exdb/mnist). */
function parsed({ name, images, labels }: Idx): { count: number; height: number; width: number } {
  const [magic, count, height, width] = [0, 4, 8, 12].map((at) => uint32(images, at)) as [
    number,
    number,
    number,
    number,
  ]
  const isWhole = magic === IMAGES_MAGIC && images.length === 16 + count * height * width
  const areLabels =
    uint32(labels, 0) === LABELS_MAGIC && uint32(labels, 4) === count && labels.length === 8 + count
  if (!isWhole || !areLabels) throw new Error(`pinned ${name} is not an idx file`)
  return { count, height, width }
}

function* digitsOf(parts: readonly ParsedIdx[]): Generator<LabelledImage> {
  for (const { split, name, images, labels, count, height, width } of parts) {
    const pixels = height * width
    for (let i = 0; i < count; i++) {
      const grey = images.subarray(16 + i * pixels, 16 + (i + 1) * pixels)
      yield {
        label: DIGITS[labels[8 + i]!]!,
        split,
        path: `${name.replace(/\.gz$/, '')}/${i}.png`,
        bytes: encodeGreyPng(width, height, grey),
      }
    }
  }
}

const uint32 = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(at)
