/** Labelled files → samples and a report: each file is checked by its bytes, duplicates are recognised by their
 *  hash, and all else is stored. It does not know where the files come from. After a failure nothing is left:
 *  samples that were added under this upload are removed. */
import { createHash } from 'node:crypto'
import type { NewSample } from '#lib/data/values.ts'
import type { Source } from '#lib/domain/classifier.ts'
import type { Upload } from '#lib/data/samples/upload-values.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import type { PlanSummary } from '#lib/domain/reading/set-plan.ts'
import { splitOf } from '#lib/domain/grouping/splits.ts'
import { addAfterEarlier } from './add-after-earlier.ts'
import {
  createReport,
  judgeImage,
  type AdmittedImage,
  type FileFindingKind,
  type IngestProgress,
  type UploadReportDraft,
} from './upload-report.ts'
import { MOST_GROUPED } from './group-images.ts'
import { createStatedGroups, type StatedGroups } from './stated-groups.ts'
import { createConflicts } from './label-conflicts.ts'
import { classNameOf } from './labels.ts'
import type { IngestPorts } from './ports.ts'
import type { Dataset, LabelledImage, Stray, UnlabelledImage } from './readers/labelled-image.ts'

const BATCH_IMAGES = 250
const BATCH_BYTES = 32 * 1024 * 1024
const LONGEST_FILENAME = 255

/** A file that cannot become a sample, with its reason. */
export type Unusable = { readonly kind: FileFindingKind; readonly path: string; readonly reason: string }
export type IncomingFile = LabelledImage | UnlabelledImage | Stray | Unusable
export type IngestPlan = {
  readonly upload: Upload
  readonly source: Source
  /** The images are frames of one recording. */
  readonly isOneGroup?: boolean
  readonly onProgress?: (progress: IngestProgress) => void
  readonly signal?: AbortSignal
}

/** Adds all files under `plan.upload`, in batches of one transaction each, and ends the upload as `done`, or
 *  `failed` without samples. */
export async function ingestImages(
  images: AsyncIterable<IncomingFile>,
  plan: IngestPlan,
  ports: IngestPorts,
): Promise<Upload> {
  try {
    const groups = createStatedGroups(plan)
    const report = await ingested(images, { ...plan, groups }, ports)
    await ports.groupImages(plan.upload.classifierId, plan.signal ?? new AbortController().signal)
    await groups.restore(plan.upload.classifierId, ports)
    report.group(await ports.groups.ofUpload(plan.upload.id))
    const result = report.soFar()
    const done = await ports.uploads.change(plan.upload.id, { ...result, state: 'done' })
    if (result.count > 0) ports.onAdded?.(plan.upload.classifierId)
    return done
  } catch (error) {
    // When not even that can be written (a full disk), the upload stays `running`, and the next start removes
    // its samples.
    await takeBack(plan, error, ports).catch(() => {})
    throw error
  }
}

async function ingested(
  images: AsyncIterable<IncomingFile>,
  { upload, source, onProgress, signal, groups }: IngestPlan & { readonly groups: StatedGroups },
  ports: IngestPorts,
): Promise<UploadReportDraft> {
  const { classifierId } = upload
  const { classes, input } = await ports.classifiers.get(classifierId)
  const names = [...classes]
  const report = createReport(classes)
  const conflicts = createConflicts()
  let batch: NewSample[] = []
  let admitted: AdmittedImage[] = []
  let batchBytes = 0
  let reported = 0

  const flush = async (): Promise<void> => {
    const labels = new Set(batch.map((s) => s.label).filter((label) => label !== null))
    const missing = [...labels].filter((label) => !classes.includes(label) && !report.has(label))
    if (missing.length > 0) await ports.classifiers.addClasses(classifierId, missing)
    const added = batch.length === 0 ? [] : await addAfterEarlier(upload, batch, { ports, signal })
    for (const [i, result] of added.entries()) {
      conflicts.settle(batch[i]!, result)
      report.settle(batch[i]!, result)
    }
    const isGrouped = input.fit !== 'digit' && report.progress().count <= MOST_GROUPED
    if (isGrouped) await keepTraits(classifierId, { batch, admitted }, ports)
    await keepFigures({ batch, admitted }, ports)
    batch = []
    admitted = []
    batchBytes = 0
    await ports.uploads.change(upload.id, report.soFar())
    onProgress?.(report.progress())
    const { count } = report.progress()
    if (count < 2 * reported || count === 0) return
    reported = count
    ports.onAdded?.(classifierId)
  }

  for await (const arriving of images) {
    signal?.throwIfAborted()
    report.look()
    if ('kind' in arriving) {
      report.find(arriving.kind, arriving.path, arriving.reason)
      continue
    }
    const label = labelOf(arriving, names)
    if (label === null && arriving.label !== null) {
      report.find(
        'no_label',
        arriving.path,
        'Its label is not a valid class name: 1 to 200 characters, without control characters.',
      )
      continue
    }
    if (label !== null && !names.includes(label)) names.push(label)
    const hash = createHash('sha256').update(arriving.bytes).digest('hex')
    const twin = conflicts.twinOf(hash, { label, path: arriving.path })
    if (twin) {
      if (twin.label === label)
        report.find('duplicate_in_upload', arriving.path, `Duplicate of ${twin.path}.`)
      continue
    }
    const judged = await judgeImage(arriving.bytes, ports.sizeOf)
    if ('kind' in judged) {
      report.find(judged.kind, arriving.path, judged.detail)
      continue
    }
    const others = arriving.label === null ? [] : (arriving.otherLabels ?? [])
    conflicts.add(
      hash,
      { label, path: arriving.path },
      others.map((other) => classNameOf(other, names) ?? other),
    )
    groups.add(hash, arriving.label === null ? undefined : arriving.exported)
    batch.push({
      image: { hash, bytes: arriving.bytes, ...judged.size },
      label,
      ...splitsOf(hash, arriving),
      source,
      uploadId: upload.id,
      filename: shortened(arriving.path) || null,
    })
    admitted.push(judged)
    batchBytes += arriving.bytes.byteLength
    if (batch.length >= BATCH_IMAGES || batchBytes >= BATCH_BYTES) await flush()
  }
  await flush()
  await conflicts.finish(ports, upload, report)
  return report
}

/** A path that is too long loses its first folders. */
function shortened(path: string): string {
  const end = path.slice(-LONGEST_FILENAME)
  return path.length > LONGEST_FILENAME ? end.slice(end.indexOf('/') + 1) : end
}

/** Null: without a label, or with one that is not a valid class name. */
const labelOf = (image: LabelledImage | UnlabelledImage, names: readonly string[]): string | null =>
  image.label === null ? null : classNameOf(image.label, image.isSpelledOut ? [] : names)

type Batch = { readonly batch: readonly NewSample[]; readonly admitted: readonly AdmittedImage[] }

/** As the set states it, or as the content determines it. An export states training and validation images, too. */
function splitsOf(
  hash: string,
  image: LabelledImage | UnlabelledImage,
): Pick<NewSample, 'split' | 'isSplitGiven'> {
  if (image.label === null) return { split: null, isSplitGiven: false }
  const { split, exported } = image
  if (exported === undefined) return { split: splitOf(hash, split), isSplitGiven: split !== null }
  const { isSplitGiven } = exported
  return { split: isSplitGiven ? exported.split : splitOf(hash, null), isSplitGiven }
}

/** What near-copies are found by. Without pixels, an image is not compared. */
async function keepTraits(
  classifierId: string,
  { batch, admitted }: Batch,
  { groups }: IngestPorts,
): Promise<void> {
  const known = batch.flatMap(({ image: { hash } }, i) => {
    const own = admitted[i]?.traits
    return own ? [{ hash, traits: own }] : []
  })
  const unknown = batch.filter((_, i) => !admitted[i]?.traits).map(({ image: { hash } }) => hash)
  if (known.length > 0) await groups.keepTraits(known)
  if (unknown.length > 0) await groups.setAlone(classifierId, unknown)
}

/** What findings about single images are judged by. */
async function keepFigures({ batch, admitted }: Batch, { findings }: IngestPorts): Promise<void> {
  const known = batch.flatMap(({ image: { hash } }, i) => {
    const figures = admitted[i]?.figures
    return figures ? [{ hash, ...figures }] : []
  })
  if (known.length > 0) await findings.keepFigures(known)
}

async function takeBack(
  { upload: { id }, signal }: IngestPlan,
  error: unknown,
  { uploads }: IngestPorts,
): Promise<void> {
  const unexpected = signal?.aborted
    ? 'It was stopped before it was complete.'
    : 'It failed because of an internal error; see the log.'
  const why = isDarkroomError(error) ? error.message : unexpected
  const failed = { state: 'failed', error: why } as const
  await uploads.change(id, failed)
  await uploads.discard(id)
  await uploads.change(id, { ...failed, count: 0, message: 'Nothing was added', perClass: [] })
}

/** A data set's images with its stray files in between, as one sequence: `open` gets the function that receives
 *  the stray files. */
export async function arriving(open: (onStray: (stray: Stray) => void) => Promise<Dataset>): Promise<{
  readonly count: number
  readonly classes: readonly string[]
  readonly images: AsyncIterable<IncomingFile>
  readonly plan: PlanSummary | null
}> {
  const strays: Stray[] = []
  const { count, classes, images, plan = null } = await open((stray) => void strays.push(stray))
  async function* all(): AsyncGenerator<IncomingFile> {
    for await (const image of images) {
      yield* strays.splice(0)
      yield image
    }
    yield* strays.splice(0)
  }
  return { count, classes, images: all(), plan }
}
