/** A set of images as its files, each with its label and split, and the plan they were read by. set-source.ts lists and
 *  reads the files, lib/domain/reading says what they mean, and the decoder checks later whether they are images. */
import type { ZipLimits } from '#lib/archive/read-zip.ts'
import { tidyName } from '#lib/domain/reading/class-spelling.ts'
import type { Choice } from '#lib/domain/reading/choices.ts'
import type { FilePlacement, SkipCause } from '#lib/domain/reading/file-placement.ts'
import { listed } from '#lib/domain/reading/listed.ts'
import { isArchiveName, unreadReason } from '#lib/domain/reading/unread-files.ts'
import { planSet, type PlanSummary, type SetPlan } from '#lib/domain/reading/set-plan.ts'
import type { TableText } from '#lib/domain/reading/table-labels.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { Dataset, DatasetOptions, LabelledImage, Stray } from './labelled-image.ts'
import { folderSource, zipSource, type SetSource } from './set-source.ts'

export type FolderOptions = Pick<DatasetOptions, 'onStray' | 'signal' | 'choices'> & {
  readonly limits?: ZipLimits
}

/** An image above 64 MiB is not a training image; a set above 64 GiB does not fit on one machine. */
const GENEROUS: ZipLimits = { entryBytes: 64 * 1024 ** 2, totalBytes: 64 * 1024 ** 3 }

/** More files that a table lists and that were not sent are counted instead of listed. */
const MOST_MISSING = 50

export type ReadSet = {
  readonly plan: SetPlan
  /** Files that may become samples. */
  readonly count: number
  readonly files: () => AsyncGenerator<LabelledImage | Stray>
}

/** @param separate tables that were sent next to the set */
export function readSet(
  source: SetSource,
  choices: readonly Choice[] = [],
  separate: readonly TableText[] = [],
): ReadSet {
  const tables = [...source.tables, ...separate]
  const files = [...source.files, ...separate.map(({ path }) => ({ path }))]
  const planned = planSet({ files, tables }, choices)
  const more = planned.missing.length - MOST_MISSING
  const plan = {
    ...planned,
    notes: [
      ...source.notes,
      ...planned.notes,
      ...(more > 0
        ? [`The label tables list ${more.toLocaleString('en')} more files that were not sent.`]
        : []),
    ],
  }
  const { placeOf } = plan
  const spelledOut = namesWithTwins(plan.classes.map(({ name }) => name))
  const isUsed = (path: string): boolean => ['image', 'conflict'].includes(placeOf(path).kind)

  async function* read(): AsyncGenerator<LabelledImage | Stray> {
    yield* source.refused
    for (const { path, place } of plan.placed) if (place.kind === 'skipped') yield strayOf(path, place)
    for await (const file of source.read(isUsed)) {
      if (file.kind !== 'file') yield file
      else yield* labelled(file, placeOf(file.path), spelledOut)
    }
    for (const path of plan.missing.slice(0, MOST_MISSING))
      yield { kind: 'stray_file', path, reason: 'The label table lists this file, but it was not sent.' }
  }
  return { plan, count: source.files.filter(({ path }) => isUsed(path)).length, files: read }
}

const FINDING_OF: Readonly<Record<SkipCause, Stray['kind']>> = {
  system: 'stray_file',
  outside: 'stray_file',
  'no-label': 'no_label',
}

const strayOf = (path: string, { reason, cause }: Extract<FilePlacement, { kind: 'skipped' }>): Stray => ({
  kind: FINDING_OF[cause],
  path,
  reason: `Skipped: ${reason}.`,
})

function* labelled(
  { path, bytes }: { readonly path: string; readonly bytes: Uint8Array },
  place: FilePlacement,
  spelledOut: ReadonlySet<string>,
): Generator<LabelledImage> {
  if (place.kind !== 'image' && place.kind !== 'conflict') return
  const [label, ...others] = place.kind === 'image' ? [place.label] : place.labels
  if (label === undefined) return
  yield {
    label,
    // Validation images are chosen by content (lib/domain/grouping/splits.ts); a set's own are training images.
    split: place.split === 'validation' ? 'train' : place.split,
    path,
    bytes,
    ...(spelledOut.has(label) && { isSpelledOut: true }),
    ...(place.kind === 'image' && place.exported && { exported: place.exported }),
    ...(others.length > 0 && { otherLabels: others }),
  }
}

/** The names of which the set has another that differs only in case or width. */
function namesWithTwins(names: readonly string[]): ReadonlySet<string> {
  const groups = Map.groupBy(names, (name) => tidyName(name).normalize('NFKC').toLowerCase())
  return new Set([...groups.values()].filter((group) => group.length > 1).flat())
}

export async function openZipOfFolders(
  source: string | Uint8Array,
  { limits = GENEROUS, ...options }: FolderOptions = {},
): Promise<Dataset> {
  return datasetOf(await zipSource(source, limits, options.signal), options, 'archive')
}

export async function openFolderOfFolders(
  folder: string,
  { limits = GENEROUS, ...options }: FolderOptions = {},
): Promise<Dataset> {
  return datasetOf(await folderSource(folder, limits, options.signal), options, 'folder')
}

function datasetOf(
  source: SetSource,
  { onStray, choices }: Omit<FolderOptions, 'limits'>,
  what: 'archive' | 'folder',
): Dataset {
  const { plan, count, files } = readSet(source, choices)
  if (plan.classes.length === 0) throw noClasses(plan, what)
  async function* images(): AsyncGenerator<LabelledImage> {
    for await (const file of files()) {
      if ('kind' in file) onStray?.(file)
      else yield file
    }
  }
  return { classes: plan.classes.map(({ name }) => name), count, images: images(), plan }
}

/** No file has a class: with the reasons of the plan, and the other readings. */
export function noClasses(plan: PlanSummary, what: 'archive' | 'folder' | 'set'): DarkroomError {
  if (plan.images === 0 && plan.skipped.length === 0)
    return new DarkroomError('bad_data_file', {
      what: `The ${what} has no images`,
      why: 'it is empty',
      remedy: 'Send one with a folder of images for each class.',
    })
  const archives = plan.skipped.find(({ examples }) => examples.some(isArchiveName))
  const others = plan.skipped.filter((group) => group !== archives)
  if (archives !== undefined && others.length === 0)
    return new DarkroomError('bad_data_file', {
      what: `The ${what} has no images`,
      why: `it has only other archives, such as ${listed(archives.examples)}`,
      remedy: 'Extract it, and send those archives together, or one folder for each class.',
    })
  const [first] = plan.skipped.toSorted((a, b) => b.count - a.count)
  const example = first === undefined ? '' : `; ${first.examples[0]}: ${first.reason}`
  const unread = plan.skipped.find(
    (group) => group !== first && unreadReason(group.examples[0] ?? '') !== null,
  )
  const table = unread === undefined ? '' : `; ${unread.examples[0]}: ${unread.reason}`
  const [other] = plan.uncertain.filter(({ classes }) => classes.length > 0)
  return new DarkroomError('bad_data_file', {
    what: `The ${what} has no class folders and no label table`,
    why: `each image must be in a folder named after its class, or be listed in a table${example}${table}`,
    remedy:
      'Arrange it as cats/1.jpg, dogs/1.jpg, with train/ and test/ above them if you have both, or add a CSV file ' +
      'with the columns filename,label.' +
      (other === undefined
        ? ''
        : ` To read it as ${other.sentence.replace(/\.$/, '')}, send reading=${other.reading}.`),
  })
}
