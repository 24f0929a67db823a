/** Labelled files → samples and a report: each file is checked by its bytes, duplicates are recognised by their
 *  hash, and all else is stored. It does not know where the files come from. After a failure nothing is left:
 *  samples that were added under this upload are removed. */
import { createHash } from 'node:crypto'
import type { finding, UploadReport } from '#lib/contracts/uploads.ts'
import type { NewSample, Source, Upload, UploadFindings } from '#lib/data/values.ts'
import type { ErrorCode } from '#lib/domain/errors.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { splitOf } from '#lib/domain/splits.ts'
import { sniff } from '#lib/images/sniff.ts'
import { classNameOf } from './labels.ts'
import type { IngestPorts } from './ports.ts'
import type { Dataset, LabelledImage, Stray } from './readers/labelled-image.ts'

const BATCH_IMAGES = 250
const BATCH_BYTES = 32 * 1024 * 1024
/** The number of findings in the report; all are counted. */
export const MOST_FINDINGS = 500
/** Below this an image is stored, but reported as tiny. */
const TINY_PIXELS = 8
const LONGEST_FILENAME = 255

type FindingKind = (typeof finding)['_output']['kind']
/** A file that cannot become a sample, with its reason. */
export type Unusable = { readonly kind: FindingKind; readonly path: string; readonly reason: string }
export type IncomingFile = LabelledImage | Stray | Unusable
export type IngestProgress = { readonly files: number; readonly count: number }
export type IngestPlan = {
  readonly upload: Upload
  readonly source: Source
  readonly onProgress?: (progress: IngestProgress) => void
  readonly signal?: AbortSignal
}

/** The finding for each refusal of the decoder. Other errors are not caused by the image. */
const FINDING_OF: Partial<Record<ErrorCode, FindingKind>> = {
  missing_file: 'corrupt',
  not_an_image: 'not_an_image',
  corrupt_image: 'corrupt',
  too_many_pixels: 'too_large',
  needs_more_memory: 'too_large',
  too_large: 'too_large',
}

/** Adds all files under `plan.upload`, in batches of one transaction each, and ends the upload as `done`, or
 *  `failed` without samples. */
export async function ingestImages(
  images: AsyncIterable<IncomingFile>,
  plan: IngestPlan,
  ports: IngestPorts,
): Promise<Upload> {
  try {
    const result = await ingested(images, plan, ports)
    return await ports.uploads.change(plan.upload.id, { ...result, state: 'done' })
  } catch (error) {
    // When not even that can be written (a full disk), the upload stays `running`, and the next start removes
    // its samples.
    await takeBack(plan, error, ports).catch(() => {})
    throw error
  }
}

async function ingested(
  images: AsyncIterable<IncomingFile>,
  { upload, source, onProgress, signal }: IngestPlan,
  ports: IngestPorts,
): Promise<UploadFindings> {
  const { classifierId } = upload
  const classes = (await ports.classifiers.get(classifierId)).classes
  const names = [...classes]
  const report = createReport(classes)
  const byHash = new Map<string, { label: string; path: string }>()
  let batch: NewSample[] = []
  let batchBytes = 0

  const flush = async (): Promise<void> => {
    const missing = [...new Set(batch.map((s) => s.label))].filter(
      (label) => !classes.includes(label) && !report.has(label),
    )
    if (missing.length > 0) await ports.classifiers.addClasses(classifierId, missing)
    const added = batch.length === 0 ? [] : await ports.samples.add(classifierId, batch)
    for (const [i, result] of added.entries()) report.settle(batch[i]!, result)
    batch = []
    batchBytes = 0
    await ports.uploads.change(upload.id, report.soFar())
    onProgress?.(report.progress())
  }

  for await (const arriving of images) {
    signal?.throwIfAborted()
    report.look()
    if ('kind' in arriving) {
      report.find(arriving.kind, arriving.path, arriving.reason)
      continue
    }
    const label = classNameOf(arriving.label, names)
    if (label === null) {
      report.find(
        'no_label',
        arriving.path,
        'Its label is not a valid class name: 1 to 200 characters, without control characters.',
      )
      continue
    }
    if (!names.includes(label)) names.push(label)
    const hash = createHash('sha256').update(arriving.bytes).digest('hex')
    const twin = byHash.get(hash)
    if (twin) {
      if (twin.label === label)
        report.find('duplicate_in_upload', arriving.path, `Duplicate of ${twin.path}.`)
      else
        report.find(
          'same_picture_other_label',
          arriving.path,
          `Duplicate of ${twin.path}, which is labelled "${twin.label}"; that label was kept.`,
        )
      continue
    }
    const judged = await judge(arriving.bytes, ports.sizeOf)
    if ('kind' in judged) {
      report.find(judged.kind, arriving.path, judged.detail)
      continue
    }
    byHash.set(hash, { label, path: arriving.path })
    batch.push({
      picture: { hash, bytes: arriving.bytes, ...judged },
      label,
      split: splitOf(hash, arriving.split),
      source,
      uploadId: upload.id,
      filename: arriving.path.slice(-LONGEST_FILENAME) || null,
    })
    batchBytes += arriving.bytes.byteLength
    if (batch.length >= BATCH_IMAGES || batchBytes >= BATCH_BYTES) await flush()
  }
  await flush()
  return report.soFar()
}

async function judge(
  bytes: Uint8Array,
  sizeOf: IngestPorts['sizeOf'],
): Promise<{ width: number; height: number; mediaType: string } | { kind: FindingKind; detail: string }> {
  try {
    const { width, height } = await sizeOf(bytes)
    return { width, height, mediaType: `image/${sniff(bytes).kind}` }
  } catch (error) {
    const kind = isDarkroomError(error) ? FINDING_OF[error.code] : undefined
    if (kind === undefined || !isDarkroomError(error)) throw error
    return { kind, detail: error.message }
  }
}

type Report = {
  has: (label: string) => boolean
  look: () => void
  find: (kind: FindingKind, filename: string, detail: string, sampleId?: string) => void
  settle: (sample: NewSample, result: Awaited<ReturnType<IngestPorts['samples']['add']>>[number]) => void
  soFar: () => UploadFindings
  progress: () => IngestProgress
}

function createReport(classes: readonly string[]): Report {
  const perClass = new Map<string, number>()
  const findings: UploadReport['findings'] = []
  let findingsTotal = 0
  let files = 0
  let count = 0
  const find: Report['find'] = (kind, filename, detail, sampleId) => {
    findingsTotal += 1
    if (findings.length < MOST_FINDINGS)
      findings.push({ kind, filename, detail, sample_id: sampleId ?? null })
  }
  return {
    find,
    has: (label) => perClass.has(label),
    look: () => void (files += 1),
    settle: (sample, result) => {
      const name = sample.filename ?? ''
      if (result.kind === 'already-there') {
        if (result.label === sample.label)
          find(
            'already_there',
            name,
            `This image already exists with the label "${result.label}".`,
            result.sampleId,
          )
        else
          find(
            'same_picture_other_label',
            name,
            `This image already exists with the label "${result.label}"; that label was kept.`,
            result.sampleId,
          )
        return
      }
      count += 1
      perClass.set(sample.label, (perClass.get(sample.label) ?? 0) + 1)
      const { width, height } = sample.picture
      if (Math.min(width, height) < TINY_PIXELS)
        find('tiny', name, `It has only ${width} × ${height} pixels.`, result.sampleId)
    },
    progress: () => ({ files, count }),
    soFar: () => ({
      count,
      files,
      message: sentence(count, files),
      perClass: [...perClass].map(([name, n]) => ({ name, count: n, isNew: !classes.includes(name) })),
      findings: findings.map(({ sample_id, ...rest }) => ({ ...rest, sampleId: sample_id })),
      findingsTotal,
    }),
  }
}

/** Clients of the earlier API parse it: "Uploaded 10 images successfully". */
function sentence(count: number, files: number): string {
  if (count === 0)
    return files === 0
      ? 'No files were sent'
      : `No new images among ${files} ${files === 1 ? 'file' : 'files'}`
  const others = files - count
  const uploaded = `Uploaded ${count} ${count === 1 ? 'image' : 'images'} successfully`
  return others === 0
    ? uploaded
    : `${uploaded}; ${others} of ${files} files ${others === 1 ? 'was' : 'were'} not added`
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
}> {
  const strays: Stray[] = []
  const { count, classes, images } = await open((stray) => void strays.push(stray))
  async function* all(): AsyncGenerator<IncomingFile> {
    for await (const image of images) {
      yield* strays.splice(0)
      yield image
    }
    yield* strays.splice(0)
  }
  return { count, classes, images: all() }
}
