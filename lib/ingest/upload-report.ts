/** What an upload reports about its files: the kinds of findings, which refusal of the decoder becomes which, and
 *  the report that collects them. The texts of the kinds on pages are in app/classifiers/[id]/images/add. */
import type { finding } from '#lib/contracts/uploads.ts'
import type { StoredFigures } from '#lib/data/samples/finding-types.ts'
import type { UploadGroup } from '#lib/data/samples/group-types.ts'
import type { NewSample } from '#lib/data/values.ts'
import type { FileFinding, UploadFindings } from '#lib/data/samples/upload-values.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { isDarkroomError, type ErrorCode } from '#lib/domain/errors.ts'
import { copiesSentence, groupCounts } from '#lib/domain/grouping/groups.ts'
import type { RgbImage } from '#lib/domain/image.ts'
import type { ImageTraits } from '#lib/domain/grouping/image-links.ts'
import { figuresOf } from '#lib/domain/findings/image-figures.ts'
import { surroundingsOf } from '#lib/domain/findings/surroundings.ts'
import { fingerprintOf } from '#lib/domain/grouping/near-copies.ts'
import { quantisationOf } from '#lib/images/jpeg-quantisation.ts'
import { shotOf } from '#lib/images/exif.ts'
import { sniff } from '#lib/images/sniff.ts'
import type { IngestPorts } from './ports.ts'

/** The number of findings in the report; all are counted. */
const MOST_FINDINGS = 500
/** Below this an image is stored, but reported as tiny. */
const TINY_PIXELS = 8

export type FileFindingKind = (typeof finding)['_output']['kind']
export type IngestProgress = { readonly files: number; readonly count: number }

/** The finding for each refusal of the decoder. Other errors are not caused by the image. */
const FINDING_OF: Partial<Record<ErrorCode, FileFindingKind>> = {
  missing_file: 'corrupt',
  not_an_image: 'not_an_image',
  corrupt_image: 'corrupt',
  too_many_pixels: 'too_large',
  needs_more_memory: 'too_large',
  too_large: 'too_large',
}

export type AdmittedImage = {
  readonly size: { readonly width: number; readonly height: number; readonly mediaType: string }
  /** Null where the pixels are not at hand. */
  readonly traits: ImageTraits | null
  readonly figures: Omit<StoredFigures, 'hash'> | null
}

/** The size and type of an image that can become a sample, or the finding why it cannot. */
export async function judgeImage(
  bytes: Uint8Array,
  sizeOf: IngestPorts['sizeOf'],
): Promise<AdmittedImage | { kind: FileFindingKind; detail: string }> {
  try {
    const { width, height, image } = await sizeOf(bytes)
    return {
      size: { width, height, mediaType: `image/${sniff(bytes).kind}` },
      traits: image ? { fingerprint: fingerprintOf(image), shot: shotOf(bytes) } : null,
      figures: image ? storedFigures(image, { bytes, width, height }) : null,
    }
  } catch (error) {
    const kind = isDarkroomError(error) ? FINDING_OF[error.code] : undefined
    if (kind === undefined || !isDarkroomError(error)) throw error
    return { kind, detail: error.message }
  }
}

type FigureSource = { readonly bytes: Uint8Array; readonly width: number; readonly height: number }

/** What the findings about an image are judged by.
 *  @param image the reduced copy
 *  @param source its file, and its size in pixels */
export const storedFigures = (
  image: RgbImage,
  { bytes, width, height }: FigureSource,
): Omit<StoredFigures, 'hash'> => ({
  figures: figuresOf(image),
  surroundings: surroundingsOf(image, {
    quantisation: quantisationOf(bytes),
    bytesPerPixel: bytes.length / (width * height),
  }),
})

/** An image with several labels; open while its sample is excluded and no user has chosen. */
export type ConflictFinding = {
  readonly filename: string
  readonly detail: string
  readonly sampleId: string | null
  readonly labels: readonly string[]
  readonly isOpen: boolean
}

/** Counts files and samples, and collects findings. */
export type UploadReportDraft = {
  has: (label: string) => boolean
  look: () => void
  find: (kind: FileFindingKind, filename: string, detail: string, sampleId?: string) => void
  settle: (sample: NewSample, result: Awaited<ReturnType<IngestPorts['samples']['add']>>[number]) => void
  /** An image with several labels. */
  conflict: (conflict: ConflictFinding) => void
  /** The groups of the samples that were added, once they are known. */
  group: (samples: readonly UploadGroup[]) => void
  soFar: () => UploadFindings
  progress: () => IngestProgress
}

export function createReport(classes: readonly string[]): UploadReportDraft {
  const perClass = new Map<string, number>()
  const findings: FileFinding[] = []
  let findingsTotal = 0
  let files = 0
  let count = 0
  const find: UploadReportDraft['find'] = (kind, filename, detail, sampleId) => {
    findingsTotal += 1
    if (findings.length < MOST_FINDINGS) findings.push({ kind, filename, detail, sampleId: sampleId ?? null })
  }
  let copies: string | null = null
  let unlabelled = 0
  let conflicts = 0
  return {
    find,
    has: (label) => perClass.has(label),
    look: () => void (files += 1),
    settle: (sample, result) => {
      const name = sample.filename ?? ''
      if (result.kind === 'already-there') {
        // with another label it is a conflict (label-conflicts.ts)
        if (result.label === sample.label || sample.label === null)
          find('already_there', name, existingSentence(result.label), result.sampleId)
        return
      }
      count += 1
      if (sample.label === null) unlabelled += 1
      else perClass.set(sample.label, (perClass.get(sample.label) ?? 0) + 1)
      const { width, height } = sample.image
      if (Math.min(width, height) < TINY_PIXELS)
        find('tiny', name, `It has only ${width} × ${height} pixels.`, result.sampleId)
    },
    group: (samples) => {
      const earlier = samples.filter((one) => one.earlier !== null)
      for (const { filename, sampleId, earlier: name } of earlier)
        find('near_copy', filename ?? '', `It is a near-copy of ${name}, which was already there.`, sampleId)
      const within = copiesSentence(groupCounts(samples.map(({ groupId }) => groupId)))
      const across = earlierSentence(earlier.length)
      copies = [within, across].filter((part) => part !== null).join('. ') || null
    },
    conflict: ({ filename, detail, sampleId, labels, isOpen }) => {
      findingsTotal += 1
      if (isOpen) conflicts += 1
      const found = { kind: 'same_picture_other_label', filename, detail, sampleId, labels } as const
      // before the others, because a user has to decide
      findings.unshift(found)
      if (findings.length > MOST_FINDINGS) findings.pop()
    },
    progress: () => ({ files, count }),
    soFar: () => ({
      count,
      files,
      message: [sentence(count, files), unlabelledSentence(unlabelled), conflictSentence(conflicts), copies]
        .filter((part) => part !== null)
        .join('. '),
      perClass: [...perClass].map(([name, n]) => ({ name, count: n, isNew: !classes.includes(name) })),
      findings,
      findingsTotal,
    }),
  }
}

const existingSentence = (label: string | null): string =>
  label === null
    ? 'This image already exists, without a label.'
    : `This image already exists with the label "${label}".`

const unlabelledSentence = (count: number): string | null =>
  count === 0 ? null : `${counted(count, 'image has', 'images have')} no label yet`

const conflictSentence = (count: number): string | null =>
  count === 0
    ? null
    : `${counted(count, 'image has', 'images have')} several labels and ${count === 1 ? 'was' : 'were'} excluded`

const earlierSentence = (count: number): string | null =>
  count === 0
    ? null
    : `${count} ${count === 1 ? 'is a near-copy of an image' : 'are near-copies of images'} that ` +
      `${count === 1 ? 'was' : 'were'} already there`

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
