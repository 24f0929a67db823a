/** A whole classifier as a ZIP that another Darkroom imports. Everything is read while it is sent, one file at a time;
 *  `classifier.json` comes last, because it names what could not be read. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { writeZip, type OutgoingEntry } from '#lib/archive/write-zip.ts'
import {
  ARCHIVE_FORMAT,
  type ArchivedSample,
  type ClassifierArchive,
} from '#lib/contracts/classifier-archive.ts'
import type { FileAnswer } from '#lib/contracts/contract.ts'
import type { Data } from '#lib/data/data.ts'
import { verifyBundle } from '#lib/data/versions/bundles.ts'
import { isFileFault } from '#lib/data/images/blobs.ts'
import { snapshotText } from '#lib/data/samples/snapshots.ts'
import { extensionOf } from '#lib/domain/exported-set.ts'

export const ARCHIVE_FILE = 'classifier.json'
export const SAMPLES_FILE = 'samples.jsonl'
export const IMAGES_FOLDER = 'images'
export const SNAPSHOTS_FOLDER = 'snapshots'
export const VERSIONS_FOLDER = 'versions'

export type ArchiveParts = {
  readonly data: Pick<Data, 'archives' | 'classifiers' | 'versions' | 'images'>
  readonly codeVersion: string
  readonly now: () => Date
}

export async function classifierZip(
  id: string,
  parts: ArchiveParts,
  signal: AbortSignal,
): Promise<FileAnswer> {
  await parts.data.classifiers.get(id)
  return {
    bytes: writeZip(classifierFiles(id, parts), signal),
    mediaType: 'application/zip',
    filename: `${id}-classifier.zip`,
    isImmutable: false,
  }
}

async function* classifierFiles(
  id: string,
  { data, codeVersion, now }: ArchiveParts,
): AsyncGenerator<OutgoingEntry> {
  const content = await data.archives.read(id)
  const missing: ClassifierArchive['missing'] = []
  const lines: string[] = []
  for await (const page of data.archives.samples(id))
    for (const sample of page) {
      const bytes = await readable(sample, data)
      if (bytes === null) {
        missing.push({ hash: sample.hash, reason: 'its file is damaged or lost' })
        continue
      }
      lines.push(`${JSON.stringify(sample)}\n`)
      yield { path: imagePath(sample), content: bytes, isCompressed: true }
    }
  yield { path: SAMPLES_FILE, content: Buffer.from(lines.join('')) }
  for (const { hash } of content.snapshots)
    yield {
      path: `${SNAPSHOTS_FOLDER}/${hash}.txt`,
      content: Buffer.from(snapshotText(await data.archives.snapshotEntries(id, hash))),
    }
  for (const { number } of content.versions) yield* bundleFiles(id, number, data)
  const archive: ClassifierArchive = {
    format: ARCHIVE_FORMAT,
    darkroom: codeVersion,
    exported_at: now().toISOString(),
    ...content,
    samples: lines.length,
    missing,
  }
  yield { path: ARCHIVE_FILE, content: Buffer.from(JSON.stringify(archive, null, 1)) }
  yield { path: 'README.md', content: Buffer.from(readme(archive)) }
}

/** @throws DarkroomError `bad_bundle` where a version's files are not those that were sealed */
async function* bundleFiles(
  id: string,
  number: number,
  { versions }: Pick<Data, 'versions'>,
): AsyncGenerator<OutgoingEntry> {
  const found = await versions.find(id, `v${number}`)
  if (found === null) throw new Error(`${id} v${number} was deleted while it was exported.`)
  const { folder } = found
  const { manifest } = await verifyBundle(folder)
  for (const name of [...Object.keys(manifest.files), 'manifest.json'])
    yield { path: `${VERSIONS_FOLDER}/v${number}/${name}`, content: createReadStream(join(folder, name)) }
}

export const imagePath = ({ hash, image }: Pick<ArchivedSample, 'hash' | 'image'>): string =>
  `${IMAGES_FOLDER}/${hash}.${extensionOf(image.media_type)}`

async function readable(
  { hash }: Pick<ArchivedSample, 'hash'>,
  { images }: Pick<Data, 'images'>,
): Promise<Uint8Array | null> {
  try {
    return await images.bytesOf(hash)
  } catch (error) {
    if (isFileFault(error)) return null
    throw error
  }
}

const readme = ({
  classifier: { id },
  samples,
  snapshots,
  versions,
  missing,
  format,
}: ClassifierArchive): string =>
  `# The classifier "${id}"

An archive of Darkroom in the format \`${format}\`:
${samples} images, ${snapshots.length} snapshots and ${versions.length} versions.
Import it with \`npm run import -- --classifier FILE\` or \`POST /api/imports\`.

- \`${ARCHIVE_FILE}\`: classes, settings, versions with their training runs, and which version is live
- \`${SAMPLES_FILE}\`: one line per image: SHA-256, class, split, group, whether it is excluded
- \`${IMAGES_FOLDER}/\`: the images, byte for byte, named after their SHA-256
- \`${SNAPSHOTS_FOLDER}/\`: what each version was trained on; the SHA-256 of each file is its name
- \`${VERSIONS_FOLDER}/\`: the versions as \`GET /api/models/{id}/download\` returns them
${missingText(missing)}`

const missingText = (missing: ClassifierArchive['missing']): string =>
  missing.length === 0
    ? ''
    : `\nNot in this archive, because their files are damaged or lost:\n\n` +
      `${missing.map(({ hash }) => `- \`${hash}\``).join('\n')}\n`
