/** Reads the ZIP of a whole classifier, which may have been made by anybody: every name, size and hash is checked, and
 *  that the parts fit each other. It writes only to the scratch folder. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { listZip, readZip } from '#lib/archive/read-zip.ts'
import {
  ARCHIVE_FORMAT,
  archivedSample,
  classifierArchive,
  type ArchivedSample,
  type ClassifierArchive,
} from '#lib/contracts/classifier-archive.ts'
import { zodErrorMap } from '#lib/contracts/validation-messages.ts'
import { frozenOf, snapshotEntriesIn } from '#lib/data/samples/snapshots.ts'
import type { NewImage, SnapshotContent } from '#lib/data/values.ts'
import { SPLITS } from '#lib/domain/classifier.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { readHeader } from '#lib/images/header.ts'
import { isImageKind, sniff } from '#lib/images/sniff.ts'
import {
  ARCHIVE_FILE,
  imagePath,
  IMAGES_FOLDER,
  SAMPLES_FILE,
  SNAPSHOTS_FOLDER,
  VERSIONS_FOLDER,
} from './classifier-zip.ts'

const SNAPSHOT_NAME = new RegExp(`^${SNAPSHOTS_FOLDER}/([0-9a-f]{64})\\.txt$`)
/** The only names that are written to the scratch folder. */
const BUNDLE_NAME = new RegExp(`^${VERSIONS_FOLDER}/v([1-9]\\d{0,5})/([A-Za-z0-9_-][A-Za-z0-9._-]{0,99})$`)

const MIB = 1024 ** 2
/** Unpacked. Text compresses a thousand times, so without limits an archive of a megabyte would fill the memory. A
 *  classifier of 200,000 images, the most that an archive can hold, has 90 MB of samples and 30 MB in each snapshot. */
const MOST_BYTES = { description: 32 * MIB, samples: 128 * MIB, snapshot: 64 * MIB, bundleFile: 1024 * MIB }
/** Of all snapshots: they are kept in memory, compressed to less than half. */
const MOST_SNAPSHOT_BYTES = 256 * MIB

export type ArchiveLimits = { readonly imageBytes: number; readonly totalBytes: number }

export type OpenedArchive = {
  readonly content: ClassifierArchive
  readonly samples: readonly ArchivedSample[]
  readonly snapshots: ReadonlyMap<string, SnapshotContent>
  /** Images that the archive states it does not have. */
  readonly missing: number
  readonly folderOf: (number: number) => string
  /** Every image of the samples, one at a time. */
  readonly images: () => AsyncGenerator<NewImage>
}

export async function openArchive(
  file: string,
  { scratch, limits }: { readonly scratch: string; readonly limits: ArchiveLimits },
): Promise<OpenedArchive> {
  const listing = await listZip(file)
  const [bad] = listing.refused
  if (bad) throw refused(`its entry ${bad.path} cannot be used: ${bad.reason}`)
  const names = new Set(listing.files.map(({ path }) => path))
  if (names.size < listing.files.length) throw refused('two of its entries have the same name')
  const folderOf = (number: number): string => join(scratch, `v${number}`)
  const isImage = (path: string): boolean => path.startsWith(`${IMAGES_FOLDER}/`)
  const placeOf = (path: string): string | null => {
    const [, number, name] = BUNDLE_NAME.exec(path) ?? []
    if (number !== undefined && name !== undefined) return join(folderOf(Number(number)), name)
    const [, hash] = SNAPSHOT_NAME.exec(path) ?? []
    if (hash !== undefined) return join(scratch, `${hash}.txt`)
    return path === ARCHIVE_FILE || path === SAMPLES_FILE ? join(scratch, path) : null
  }
  for (const name of names)
    if (!isImage(name) && name !== 'README.md' && placeOf(name) === null)
      throw refused(`it has an unexpected entry: ${name}`)
  await mkdir(scratch, { recursive: true })
  for (const name of names) {
    const [, number] = BUNDLE_NAME.exec(name) ?? []
    if (number !== undefined) await mkdir(folderOf(Number(number)), { recursive: true })
  }
  const unpacking = {
    totalBytes: limits.totalBytes,
    entryBytes: MOST_BYTES.bundleFile,
    entryBytesOf: mostBytesOf,
    wants: (path: string) => placeOf(path) !== null,
    fileFor: placeOf,
  }
  for await (const entry of readZip(file, unpacking))
    if (entry.kind === 'refused') throw refused(`its entry ${entry.path} cannot be used: ${entry.refused}`)
  const textIn = async (path: string): Promise<string | undefined> =>
    names.has(path) ? readFile(placeOf(path)!, 'utf8') : undefined
  const content = contentIn(await textIn(ARCHIVE_FILE))
  if (!names.has(SAMPLES_FILE)) throw refused(`it has no ${SAMPLES_FILE}`)
  const samples = await samplesIn(join(scratch, SAMPLES_FILE), content)
  const snapshots = await snapshotsIn(textIn, content)
  requireFit(content, samples)
  const absent = samples.filter((sample) => !names.has(imagePath(sample)))
  if (absent.length > 0)
    throw refused(`${absent.length} of its images are missing, such as ${imagePath(absent[0]!)}`)
  const byPath = new Map(samples.map((sample) => [imagePath(sample), sample]))
  const stray = listing.files.find(({ path }) => isImage(path) && !byPath.has(path))
  if (stray) throw refused(`its image ${stray.path} belongs to no sample`)
  const reading = { entryBytes: limits.imageBytes, totalBytes: limits.totalBytes, wants: isImage }
  return {
    content,
    samples,
    snapshots,
    missing: content.missing.length,
    folderOf,
    async *images() {
      for await (const entry of readZip(file, reading)) {
        if (entry.kind === 'refused')
          throw refused(`its entry ${entry.path} cannot be used: ${entry.refused}`)
        if (entry.kind === 'file') yield imageOf(entry.bytes, byPath.get(entry.path)!, entry.path)
      }
    },
  }
}

function mostBytesOf(path: string): number {
  if (path === ARCHIVE_FILE) return MOST_BYTES.description
  if (path === SAMPLES_FILE) return MOST_BYTES.samples
  return SNAPSHOT_NAME.test(path) ? MOST_BYTES.snapshot : MOST_BYTES.bundleFile
}

function contentIn(text: string | undefined): ClassifierArchive {
  if (text === undefined) throw refused(`it has no ${ARCHIVE_FILE}`)
  const value = jsonIn(text, ARCHIVE_FILE)
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined
  if (format !== ARCHIVE_FORMAT)
    throw refused(
      typeof format === 'string'
        ? `its format is "${format.slice(0, 80)}", and this Darkroom reads "${ARCHIVE_FORMAT}"`
        : `${ARCHIVE_FILE} states no format`,
      'Export it again with the version of Darkroom that is to import it.',
    )
  const read = classifierArchive.safeParse(value, zodErrorMap)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw refused(`${ARCHIVE_FILE} is invalid at ${issue?.path.join('.')}: it ${issue?.message}`)
}

/** Line by line, so that other requests go on meanwhile and a wrong line ends it. */
async function samplesIn(file: string, content: ClassifierArchive): Promise<readonly ArchivedSample[]> {
  const samples: ArchivedSample[] = []
  const input = createReadStream(file, 'utf8')
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (line === '') continue
      const place = `${SAMPLES_FILE}, line ${samples.length + 1}`
      if (samples.length === content.samples) throw otherCount(`more than ${content.samples}`, content)
      const read = archivedSample.safeParse(jsonIn(line, place), zodErrorMap)
      if (!read.success) {
        const [issue] = read.error.issues
        throw refused(`${place}, is invalid at ${issue?.path.join('.')}: it ${issue?.message}`)
      }
      samples.push(read.data)
    }
  } finally {
    input.destroy()
  }
  if (samples.length < content.samples) throw otherCount(String(samples.length), content)
  return samples
}

const otherCount = (has: string, { samples }: ClassifierArchive) =>
  refused(`${SAMPLES_FILE} has ${has} lines, and ${ARCHIVE_FILE} states ${samples}`)

async function snapshotsIn(
  textIn: (path: string) => Promise<string | undefined>,
  { snapshots }: ClassifierArchive,
): Promise<ReadonlyMap<string, SnapshotContent>> {
  const found = new Map<string, SnapshotContent>()
  let bytes = 0
  for (const { hash } of snapshots) {
    const text = await textIn(`${SNAPSHOTS_FOLDER}/${hash}.txt`)
    if (text === undefined) throw refused(`it has no file of the snapshot ${hash}`)
    bytes += text.length
    if (bytes > MOST_SNAPSHOT_BYTES)
      throw refused(
        `its snapshots have more than ${MOST_SNAPSHOT_BYTES / MIB} MB together`,
        'Delete snapshots or versions that are not needed any more, and export the classifier again.',
      )
    if (createHash('sha256').update(text).digest('hex') !== hash)
      throw refused(`the file of the snapshot ${hash} has another hash`)
    const entries = snapshotEntriesIn(text)
    const isRight = entries.every(
      (one) => /^[0-9a-f]{64}$/.test(one.hash) && (one.split === null || SPLITS.includes(one.split)),
    )
    if (!isRight || found.has(hash)) throw refused(`the snapshot ${hash} is not a list of images`)
    found.set(hash, frozenOf(entries))
  }
  return found
}

/** What a database would only notice halfway, or never. */
function requireFit(content: ClassifierArchive, samples: readonly ArchivedSample[]): void {
  const { classifier, versions, promotions, snapshots } = content
  const classes = new Set(classifier.classes)
  if (classes.size < classifier.classes.length) throw refused('a class occurs twice')
  const hashes = new Set(samples.map(({ hash }) => hash))
  if (hashes.size < samples.length) throw refused('an image occurs twice')
  for (const { hash, label, split, dismissals } of samples) {
    if (new Set(dismissals.map(({ kind }) => kind)).size < dismissals.length)
      throw refused(`a finding was dismissed twice for the image ${hash}`)
    if (label !== null && !classes.has(label))
      throw refused(`the image ${hash} has the label "${label.slice(0, 80)}", which is not a class`)
    if ((label === null) !== (split === null))
      throw refused(
        `the image ${hash} has ${label === null ? 'a split without a label' : 'a label without a split'}`,
      )
  }
  const numbers = new Set(versions.map(({ number }) => number))
  if (numbers.size < versions.length) throw refused('a version occurs twice')
  const lost = promotions.find(({ version }) => !numbers.has(version))
  if (lost) throw refused(`v${lost.version} was promoted, but is not in the archive`)
  const known = new Set(snapshots.map(({ hash }) => hash))
  const untraced = versions.find(({ run }) => run?.snapshot != null && !known.has(run.snapshot))
  if (untraced) throw refused(`the snapshot of v${untraced.number} is not in the archive`)
}

function imageOf(bytes: Uint8Array, { hash, image }: ArchivedSample, path: string): NewImage {
  const { media_type: mediaType, width, height } = image
  if (createHash('sha256').update(bytes).digest('hex') !== hash)
    throw refused(`${path} has another hash than its name`)
  const { kind, words } = sniff(bytes)
  if (!isImageKind(kind) || `image/${kind}` !== mediaType)
    throw refused(`${path} is ${words}, and not ${mediaType} as stated`)
  const header = readHeader(bytes, kind)
  const stated = [width, height].toSorted((a, b) => a - b).join(' × ')
  const own = header && [header.width, header.height].toSorted((a, b) => a - b).join(' × ')
  if (own !== stated) throw refused(`${path} has ${own ?? 'no readable'} pixels, and ${stated} are stated`)
  return { hash, bytes, width, height, mediaType }
}

function jsonIn(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw refused(`${name} is not valid JSON`)
  }
}

export const refused = (
  why: string,
  remedy = 'Export the classifier again, and import the file unchanged.',
) => new DarkroomError('bad_archive', { what: 'The classifier was not imported', why, remedy })
