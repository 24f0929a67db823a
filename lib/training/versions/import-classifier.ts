/** Creates a classifier from the ZIP that another Darkroom exported. Everything is checked before the first row is
 *  written: names, sizes, hashes, and that the parts do not contradict each other. All rows are written in one
 *  transaction; images that were stored before it failed are removed. */
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Data } from '#lib/data/data.ts'
import type { NewImage } from '#lib/data/values.ts'
import { verifyBundle, type ProvenBundle } from '#lib/data/versions/bundles.ts'
import { readBundle, writeBundle } from '#lib/ml/formats/bundle.ts'
import { openArchive, refused, type ArchiveLimits, type OpenedArchive } from './read-classifier-zip.ts'

const IMAGES_AT_ONCE = 200
const BYTES_AT_ONCE = 32 * 1024 ** 2

export type ImportParts = {
  readonly data: Pick<Data, 'archives' | 'images' | 'versions'>
  /** An empty folder on the disk of DATA_DIR, which the caller deletes. */
  readonly scratch: string
  readonly limits: ArchiveLimits
  /** Checked before each step until the rows are written. */
  readonly signal?: AbortSignal
  /** Called with the images that are stored, and their number. */
  readonly onImages?: (stored: number, total: number) => void
  /** Called in the transaction, when only its commit is left. */
  readonly onPlaced?: (imported: ImportedClassifier) => Promise<void>
}

export type ImportedClassifier = {
  readonly classifier: string
  readonly samples: number
  readonly snapshots: number
  readonly versions: number
  readonly missing: number
}

/** @param as another id than the archive has; the versions are sealed again under it
 *  @throws DarkroomError `bad_archive`, `bad_bundle`, `conflict`, `too_large` */
export async function importClassifier(
  file: string,
  as: string | undefined,
  parts: ImportParts,
): Promise<ImportedClassifier> {
  const { data, scratch, signal, onImages, onPlaced } = parts
  const archive = await openArchive(file, { scratch, limits: parts.limits })
  const { content, samples, snapshots } = archive
  const id = as ?? content.classifier.id
  await data.archives.requireFree(id)
  signal?.throwIfAborted()
  const bundles = await provenBundles(id, archive, scratch)
  const imported: ImportedClassifier = {
    classifier: id,
    samples: samples.length,
    snapshots: snapshots.size,
    versions: bundles.size,
    missing: archive.missing,
  }
  const stored: string[] = []
  const placed: string[] = []
  try {
    for await (const images of batches(archive.images())) {
      stored.push(...images.map(({ hash }) => hash))
      await data.images.keep(images)
      onImages?.(stored.length, samples.length)
      signal?.throwIfAborted()
    }
    await data.archives.add({ id, content, samples, snapshots, bundles }, async () => {
      for (const [number, { folder }] of bundles) {
        const target = data.versions.folderFor(id, number)
        await rm(target, { recursive: true, force: true }) // of an import that was killed
        await mkdir(join(target, '..'), { recursive: true })
        placed.push(target)
        await rename(folder, target)
      }
      await onPlaced?.(imported)
    })
  } catch (error) {
    for (const folder of placed) await rm(folder, { recursive: true, force: true })
    await data.archives.discardImages(stored)
    throw error
  }
  return imported
}

/** Each with its checksums, under the id of the new classifier. */
async function provenBundles(
  id: string,
  { content, folderOf }: Pick<OpenedArchive, 'content' | 'folderOf'>,
  scratch: string,
): Promise<ReadonlyMap<number, ProvenBundle>> {
  const proven = new Map<number, ProvenBundle>()
  for (const { number } of content.versions) {
    const bundle = await verifyBundle(folderOf(number))
    const { classifier, version } = bundle.manifest
    if (classifier !== content.classifier.id || version !== `v${number}`)
      throw refused(`the files of v${number} are those of ${classifier} ${version}`)
    const unknown = bundle.classes.find((name) => !content.classifier.classes.includes(name))
    if (unknown !== undefined && content.class_renames.length === 0)
      throw refused(`v${number} predicts "${unknown.slice(0, 80)}", which is not a class of the classifier`)
    if (id === classifier) proven.set(number, bundle)
    else {
      const out = join(scratch, 'sealed', version)
      await mkdir(join(out, '..'), { recursive: true })
      const content = await readBundle(bundle.folder)
      await writeBundle(out, {
        ...content,
        card: {
          ...content.card,
          classifier: id,
          notes: [...content.card.notes, `It was imported from "${classifier}", unchanged.`],
        },
      })
      proven.set(number, await verifyBundle(out))
    }
  }
  return proven
}

async function* batches(images: AsyncIterable<NewImage>): AsyncGenerator<readonly NewImage[]> {
  let batch: NewImage[] = []
  let bytes = 0
  for await (const image of images) {
    batch.push(image)
    bytes += image.bytes.length
    if (batch.length < IMAGES_AT_ONCE && bytes < BYTES_AT_ONCE) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}
