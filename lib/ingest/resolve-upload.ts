/** Received parts → labelled files, one at a time and counted beforehand, with the plan they were read by: by the
 *  labels sent with them, by their folders, or by tables. It checks no image and writes nothing; an upload that cannot
 *  be interpreted as a whole is refused here, before anything is stored. */
import type { ZipLimits } from '#lib/archive/read-zip.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { choicesOf, READINGS, type Choice } from '#lib/domain/reading/choices.ts'
import type { PlanSummary, SetPlan } from '#lib/domain/reading/set-plan.ts'
import { partOf } from '#lib/domain/reading/split-names.ts'
import type { TableText } from '#lib/domain/reading/table-labels.ts'
import { isImageKind, sniff } from '#lib/images/sniff.ts'
import type { Arrivals, ArrivedFile, ArrivedZip } from './multipart-spool.ts'
import { openArchives, type OpenArchives } from './open-archives.ts'
import type { IncomingFile } from './ingest.ts'
import { classNameOf, givenLabels, mismatch, type GivenLabels } from './labels.ts'
import { joinedPlan, labelledPlan, unlabelledPlan } from './joined-plan.ts'
import { looseSource, tableFiles } from './loose-source.ts'
import { joinedSource, type SetSource } from './readers/set-source.ts'
import { noClasses, readSet, type ReadSet } from './readers/read-set.ts'

export type Content = {
  readonly count: number
  readonly images: () => AsyncIterable<IncomingFile>
  readonly plan: PlanSummary
}

/** @param reading the one in the query; else that of the form
 *  @param isUnlabelled all images wait for their labels */
export async function contentOf(
  arrivals: Arrivals,
  { reading, isUnlabelled }: { readonly reading: string | undefined; readonly isUnlabelled: boolean },
  limits: ZipLimits,
): Promise<Content> {
  const given: GivenLabels = { label: arrivals.fields.label ?? null, labels: arrivals.labels }
  const choices = chosen(reading ?? arrivals.fields.reading)
  const { tables, files } = await tableFiles(arrivals)
  refuseNothing(arrivals, { files, hasTable: tables.length > 0 })
  refuseImpossibleNames(given)
  const isGiven = given.labels.length > 0 || (given.label !== null && given.label.trim() !== '')
  if (isGiven && isUnlabelled) throw bothLabels()
  const opened = await openArchives(arrivals.zips, { limits, hasFiles: files.some(({ bytes }) => bytes > 0) })
  if (isUnlabelled) return labelledContent(arrivals, { files, opened, labelsFor: withoutLabels })
  if (isGiven)
    return labelledContent(arrivals, { files, opened, labelsFor: labelsGiven(given, files.length) })
  const loose = files.length === 0 ? [] : [looseSource(arrivals, files)]
  const zips = opened.archives.map(({ source }) => source)
  const sets = setsOf({ loose, zips, names: opened.archives.map(({ name }) => name) }, tables, choices)
  const plan = joinedPlan(sets.map((one) => one.plan))
  if (plan.classes.length === 0) {
    if (zips.length > 0) throw noClasses(plan, 'archive')
    await refuseOtherFiles(arrivals, files)
    throw mismatch(
      0,
      files.length,
      'Send one `label` for all files, one of `labels` for each, a table, or files in class folders; or ' +
        '`unlabelled=true` to label the images later.',
    )
  }
  async function* images(): AsyncGenerator<IncomingFile> {
    yield* opened.refused
    for (const one of sets) yield* one.files()
  }
  const notes = opened.refused.map(({ path, reason }) => `${path}: ${reason}`)
  return {
    count: sets.reduce((sum, one) => sum + one.count, 0),
    images,
    plan: { ...plan, notes: [...plan.notes, ...notes] },
  }
}

/** More files are not examined for a better reason than that their labels are missing. */
const MOST_EXAMINED = 20

/** Files that are no images, such as another kind of archive, need no labels. */
async function refuseOtherFiles(arrivals: Arrivals, files: readonly ArrivedFile[]): Promise<void> {
  if (files.length > MOST_EXAMINED) return
  const types = await Promise.all(files.map(async (file) => sniff(await arrivals.read(file))))
  const [first] = types
  if (first === undefined || types.some(({ kind }) => isImageKind(kind))) return
  const name = files[0]!.path
  const isArchive = /archive/.test(first.words) || /\.(?:zip|tm)$/i.test(name)
  if (isArchive)
    throw new DarkroomError('bad_archive', {
      what: `${name} cannot be read`,
      why: `it is ${first.words}`,
      remedy: /archive/.test(first.words)
        ? 'Extract it, and send the folder or a ZIP archive of it.'
        : 'Download or create the ZIP archive again.',
    })
  const isOne = files.length === 1
  throw new DarkroomError('not_an_image', {
    what: isOne ? `${name} is not an image` : `None of the ${files.length} files is an image`,
    why: isOne ? `it is ${first.words}` : `${name} is ${first.words}`,
    remedy: 'Send images, or a ZIP archive of them.',
  })
}

/** One set, when everything belongs together; several, when each archive has classes of its own. */
function setsOf(
  {
    loose,
    zips,
    names,
  }: { loose: readonly SetSource[]; zips: readonly SetSource[]; names: readonly string[] },
  tables: readonly TableText[],
  choices: readonly Choice[],
): readonly ReadSet[] {
  const sources = [...loose, ...zips]
  if (sources.length === 1) return [readSet(sources[0]!, choices, tables)]
  const own = sources.map((source) => readSet(source, choices, tables))
  const areParts = loose.length === 0 && names.every((name) => partOf(withoutEnding(name)) !== null)
  if (tables.length === 0 && !areParts && own.every(({ plan }) => plan.classes.length > 0)) return own
  const folders = [...loose.map(() => ''), ...names.map(withoutEnding)]
  return [readSet(joinedSource(sources, folders), choices, tables)]
}

/** `cats-samples.zip` of Teachable Machine has the class cats. */
const withoutEnding = (name: string): string =>
  (name.split('/').at(-1) ?? name).replace(/\.(?:zip|tm)$/i, '').replace(/-samples$/i, '') || 'archive'

/** One for each of so many images; null: none were sent, or it has none yet. */
type LabelsFor = (images: number, kind: 'files' | 'entries') => readonly (string | null)[] | null

const withoutLabels: LabelsFor = (images) => Array.from({ length: images }, () => null)

/** A list has the label of each single file; with archives only, it applies to their entries. */
function labelsGiven(given: GivenLabels, files: number): LabelsFor {
  const forZips = files === 0 ? given : { ...given, labels: [] }
  return (images, kind) => givenLabels(images, kind === 'files' ? given : forZips)
}

/** All files, in order: single ones first, then the entries of the archives. */
function labelledContent(
  arrivals: Arrivals,
  {
    files,
    opened,
    labelsFor,
  }: {
    readonly files: readonly ArrivedFile[]
    readonly opened: OpenArchives
    readonly labelsFor: LabelsFor
  },
): Content {
  const loose = files.length === 0 ? [] : (labelsFor(files.length, 'files') ?? [])
  const inZips = opened.archives.map(({ source }) => labelledEntries(source, labelsFor))
  async function* images(): AsyncGenerator<IncomingFile> {
    yield* opened.refused
    for (const [i, file] of files.entries()) yield await labelledFile(arrivals, file, loose[i]!)
    for (const one of inZips) yield* one.images()
  }
  const labels = [...loose, ...inZips.flatMap((one) => one.labels)]
  const known = labels.filter((label) => label !== null)
  const plan = known.length < labels.length ? unlabelledPlan(labels.length) : labelledPlan(known)
  return { count: labels.length, images, plan }
}

async function labelledFile(
  arrivals: Arrivals,
  file: ArrivedFile,
  label: string | null,
): Promise<IncomingFile> {
  if (file.isTooLarge)
    return { kind: 'too_large', path: file.path, reason: 'It is larger than the limit for an image.' }
  return imageOf(label, { path: file.path, bytes: await arrivals.read(file) })
}

const imageOf = (
  label: string | null,
  file: { readonly path: string; readonly bytes: Uint8Array },
): IncomingFile => (label === null ? { label, ...file } : { label, split: null, ...file })

function labelledEntries(
  source: SetSource,
  labelsFor: LabelsFor,
): { labels: readonly (string | null)[]; images: () => AsyncGenerator<IncomingFile> } {
  const skipped = readSet(source).plan
  const isSystem = (path: string): boolean => {
    const place = skipped.placeOf(path)
    return place.kind === 'skipped' && place.cause === 'system'
  }
  const entries = source.files.filter(({ path }) => !isSystem(path))
  const labels = labelsFor(entries.length, 'entries')
  if (labels === null) return { labels: [], images: async function* () {} }
  const labelOf = new Map(entries.map(({ path }, i) => [path, labels[i]!]))
  return {
    labels,
    async *images() {
      yield* source.refused
      for (const { path } of source.files)
        if (!labelOf.has(path)) yield { kind: 'stray_file', path, reason: reasonAt(skipped, path) }
      for await (const file of source.read((path) => labelOf.has(path)))
        yield file.kind === 'file'
          ? imageOf(labelOf.get(file.path) ?? null, { path: file.path, bytes: file.bytes })
          : file
    },
  }
}

const bothLabels = (): DarkroomError =>
  new DarkroomError(
    'invalid_input',
    {
      what: 'The upload was rejected',
      why: 'it states that the images have no labels, but has labels',
      remedy: 'Send either `unlabelled=true`, or `label` or `labels`.',
    },
    { errors: [{ path: 'unlabelled', message: 'cannot be used with label or labels' }] },
  )

function reasonAt(plan: SetPlan, path: string): string {
  const place = plan.placeOf(path)
  return place.kind === 'skipped' ? `Skipped: ${place.reason}.` : 'Skipped.'
}

function chosen(reading: string | undefined): readonly Choice[] {
  const choices = reading === undefined ? [] : choicesOf(reading)
  if (choices !== null) return choices
  const names = [...Object.keys(READINGS), 'column:NAME'].join(', ')
  const message = `must be one or more of these, separated by commas: ${names}`
  throw new DarkroomError(
    'invalid_input',
    { what: 'The upload was rejected', why: `"reading" ${message}`, remedy: 'Correct this field.' },
    { errors: [{ path: 'reading', message }] },
  )
}

function refuseNothing(
  { zips }: { readonly zips: readonly ArrivedZip[] },
  { files, hasTable }: { readonly files: readonly ArrivedFile[]; readonly hasTable: boolean },
): void {
  if (zips.length > 0 || files.some((file) => file.bytes > 0)) return
  const none = hasTable ? 'only a label table was sent' : 'the form has no file'
  const empty = files.length === 1 ? 'the file is empty' : 'all files are empty'
  const why = files.length === 0 ? none : empty
  throw new DarkroomError('missing_file', {
    what: 'No images were sent',
    why,
    remedy: 'Send images or a ZIP archive in the field `files`.',
  })
}

function refuseImpossibleNames({ label, labels }: GivenLabels): void {
  const isList = labels.length === 1
  const errors = [
    ...(label === null || label.trim() === '' ? [] : [{ path: 'label', value: label }]),
    ...(isList ? [] : labels.map((value, i) => ({ path: `labels.${i}`, value }))),
  ]
    .filter(({ value }) => classNameOf(value, []) === null)
    .map(({ path }) => ({ path, message: 'must have 1 to 200 characters, without control characters' }))
  if (errors.length === 0) return
  throw new DarkroomError(
    'invalid_input',
    {
      what: 'A label is not a valid class name',
      why: `${errors[0]!.path} ${errors[0]!.message}`,
      remedy: 'Correct the label.',
    },
    { errors: errors.slice(0, 100) },
  )
}
