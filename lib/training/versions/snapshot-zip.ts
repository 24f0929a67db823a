/** A snapshot as a ZIP of class folders with `metadata.jsonl` and a README: the upload reads it back as the same
 *  snapshot, and Keras, torchvision and Hugging Face read it as it is. Images are read one at a time. */
import { Readable } from 'node:stream'
import type { OutgoingEntry } from '#lib/archive/write-zip.ts'
import { isFileFault } from '#lib/data/images/blobs.ts'
import type { StoredImages } from '#lib/data/data.ts'
import type { Snapshot, SnapshotEntry } from '#lib/data/values.ts'
import { METADATA_FILE, README_FILE, setLines, type SetLine } from '#lib/domain/exported-set.ts'
import { snapshotReadme, type MissingImage } from './snapshot-readme.ts'

/** Formats that deflate makes smaller. */
const UNCOMPRESSED: readonly string[] = ['image/bmp', 'image/tiff']
const LINES_AT_ONCE = 1_000

export type StoredSampleFacts = {
  readonly mediaType: string
  readonly filename: string | null
  readonly isSplitGiven: boolean
  readonly isInTrash: boolean
}

export type SnapshotArchive = {
  readonly snapshot: Snapshot
  readonly title: string
  readonly entries: readonly SnapshotEntry[]
  /** By hash; without images that were permanently deleted. */
  readonly samples: ReadonlyMap<string, StoredSampleFacts>
}

/** The README and `metadata.jsonl` come last: they name the images that could not be read. */
export async function* snapshotFiles(
  { snapshot, title, entries, samples }: SnapshotArchive,
  images: Pick<StoredImages, 'bytesOf'>,
): AsyncGenerator<OutgoingEntry> {
  const missing = new Map<string, MissingImage>()
  const usable = (hash: string): StoredSampleFacts | null => {
    const sample = samples.get(hash)
    return sample === undefined || sample.isInTrash ? null : sample
  }
  for (const { hash, label, split } of entries)
    if (usable(hash) === null)
      missing.set(hash, {
        hash,
        label,
        split,
        filename: samples.get(hash)?.filename ?? null,
        reason: samples.has(hash) ? 'in the trash' : 'permanently deleted',
      })
  const lines = setLines(entries, {
    mediaTypeOf: (hash) => usable(hash)?.mediaType ?? null,
    isSplitGiven: (hash) => usable(hash)?.isSplitGiven ?? false,
  })
  for (const { file_name: path, sha256: hash, label, split } of lines) {
    const { mediaType, filename } = usable(hash)!
    const content = await readable(hash, images)
    if (content === null)
      missing.set(hash, { hash, label, split, filename, reason: 'its file is damaged or lost' })
    else yield { path, content, isCompressed: !UNCOMPRESSED.includes(mediaType) }
  }
  const written = lines.filter(({ sha256 }) => !missing.has(sha256))
  yield { path: METADATA_FILE, content: Readable.from(jsonLines(written), { objectMode: false }) }
  yield {
    path: README_FILE,
    content: Buffer.from(snapshotReadme({ snapshot, title, lines: written, missing: [...missing.values()] })),
  }
}

/** Null where the stored file is missing or damaged, which is recorded as a fault. */
async function readable(hash: string, images: Pick<StoredImages, 'bytesOf'>): Promise<Uint8Array | null> {
  try {
    return await images.bytesOf(hash)
  } catch (error) {
    if (isFileFault(error)) return null
    throw error
  }
}

function* jsonLines(lines: readonly SetLine[]): Generator<Buffer> {
  for (let from = 0; from < lines.length; from += LINES_AT_ONCE)
    yield Buffer.from(
      lines
        .slice(from, from + LINES_AT_ONCE)
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
    )
}
