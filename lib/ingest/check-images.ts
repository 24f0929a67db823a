/** Finds what is wrong with the images of a classifier and stores it: figures that are missing are computed first, then
 *  the rules of lib/domain/findings judge the whole set. What a network says about the images comes through a port. */
import type { Classifiers, StoredImages } from '#lib/data/data.ts'
import { isFileFault } from '#lib/data/images/blobs.ts'
import type { FindingStore, ReportSample, StoredFigures } from '#lib/data/samples/finding-types.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import type { SetFigures } from '#lib/domain/findings/finding.ts'
import { findingsOf } from '#lib/domain/findings/registry.ts'
import { linkedGroups, type Link } from '#lib/domain/grouping/groups.ts'
import { copyLinks } from '#lib/domain/grouping/near-copies.ts'
import { storedFigures } from './upload-report.ts'
import type { IngestPorts } from './ports.ts'

const IMAGES_AT_ONCE = 100
/** A larger group is frames of one film, or one image in many versions: comparing all its pairs would take minutes, and
 *  its members were linked by copies already. */
const MOST_COMPARED = 150

export type CheckPorts = {
  readonly classifiers: Pick<Classifiers, 'get'>
  readonly images: Pick<StoredImages, 'bytesOf'>
  readonly findings: FindingStore
  readonly sizeOf: IngestPorts['sizeOf']
  /** Probabilities and distances by a version that was not trained on the image, in the order of the samples. */
  readonly learned: (
    classifierId: string,
    samples: readonly ReportSample[],
    signal: AbortSignal,
  ) => Promise<Pick<SetFigures, 'probabilities' | 'distances'>>
}

/** What remains to be known about the images afterwards. */
export type CheckedSample = Pick<ReportSample, 'id' | 'hash' | 'label' | 'groupId'>

/** @returns how many findings there are, and the images that were judged */
export async function checkImages(
  classifierId: string,
  ports: CheckPorts,
  signal: AbortSignal,
): Promise<{ readonly findings: number; readonly samples: readonly CheckedSample[] }> {
  const { classifiers, findings } = ports
  const { classes, input } = await classifiers.get(classifierId)
  // before the samples are read: what is added from now on asks for another check
  await findings.begin(classifierId)
  const { total, known } = await findings.coverage(classifierId)
  await findings.progress(classifierId, { done: known, total })
  await computeMissing(classifierId, { ...ports, done: known, total }, signal)
  const samples = await findings.samplesOf(classifierId)
  const set: SetFigures = {
    classes,
    samples,
    nearCopies: input.fit === 'digit' ? [] : await nearCopies(classifierId, samples, { findings, signal }),
    ...(await ports.learned(classifierId, samples, signal)),
    ...(await findings.uploadFindings(classifierId)),
    hasPhotographs: input.fit !== 'digit',
  }
  signal.throwIfAborted()
  const found = findingsOf(set)
  await findings.finish(classifierId, { ...found, images: samples.length })
  return {
    findings: found.findings.length,
    samples: samples.map(({ id, hash, label, groupId }) => ({ id, hash, label, groupId })),
  }
}

/** Of images that an older program stored, and of those that were not uploaded, such as corrected predictions. */
async function computeMissing(
  classifierId: string,
  { findings, images, sizeOf, done, total }: CheckPorts & { readonly done: number; readonly total: number },
  signal: AbortSignal,
): Promise<void> {
  let after = ''
  for (let processed = done; ;) {
    const hashes = await findings.withoutFigures(classifierId, { after, limit: IMAGES_AT_ONCE })
    if (hashes.length === 0) return
    const known: StoredFigures[] = []
    for (const hash of hashes) {
      signal.throwIfAborted()
      const figures = await figuresIn(() => images.bytesOf(hash), sizeOf)
      if (figures) known.push({ hash, ...figures })
    }
    await findings.keepFigures(known)
    processed += hashes.length
    // excluded images get figures, too, and are not among those that are judged
    await findings.progress(classifierId, { done: Math.min(processed, total), total })
    after = hashes.at(-1)!
  }
}

/** Null for an image that cannot be read. */
async function figuresIn(
  bytesOf: () => Promise<Uint8Array | null>,
  sizeOf: IngestPorts['sizeOf'],
): Promise<Omit<StoredFigures, 'hash'> | null> {
  try {
    const bytes = await bytesOf()
    if (!bytes) return null
    const { image, width, height } = await sizeOf(bytes)
    return image ? storedFigures(image, { bytes, width, height }) : null
  } catch (error) {
    if (isFileFault(error) || isDarkroomError(error)) return null
    throw error
  }
}

/** Places of samples that are copies of each other. The stored groups contain images of a burst as well. */
async function nearCopies(
  classifierId: string,
  samples: readonly ReportSample[],
  { findings, signal }: { readonly findings: CheckPorts['findings']; readonly signal: AbortSignal },
): Promise<readonly (readonly number[])[]> {
  const places = new Map(samples.map(({ hash }, i) => [hash, i]))
  const all: number[][] = []
  for (const group of await findings.groupsOf(classifierId)) {
    const members = group.filter(({ hash }) => places.has(hash))
    const links = members.length > MOST_COMPARED ? chained(members.length) : await linksOf(members, signal)
    const roots = linkedGroups(members.length, links)
    const joined = Map.groupBy(members.keys(), (i) => roots[i]!)
    for (const one of joined.values())
      if (one.length > 1) all.push(one.map((i) => places.get(members[i]!.hash)!))
  }
  return all
}

const chained = (count: number): readonly Link[] =>
  Array.from({ length: Math.max(0, count - 1) }, (_, i): Link => [i, i + 1])

async function linksOf(
  members: readonly { readonly fingerprint: Uint8Array }[],
  signal: AbortSignal,
): Promise<readonly Link[]> {
  const links: Link[] = []
  for (const found of copyLinks(members.map(({ fingerprint }) => fingerprint))) {
    links.push(...found)
    await new Promise((resolve) => setImmediate(resolve)) // lets others run
    signal.throwIfAborted()
  }
  return links
}
