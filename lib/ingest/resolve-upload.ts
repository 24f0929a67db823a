/** Received parts → labelled files, one at a time and counted beforehand: single files by their labels, ZIPs by
 *  their folders or a table. It checks no image and writes nothing; an upload that cannot be interpreted as a whole
 *  is refused here, before anything is stored. */
import { listZip, readZip } from '#lib/archive/read-zip.ts'
import type { ZipLimits } from '#lib/archive/read-zip.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { Arrivals, ArrivedZip } from './multipart-spool.ts'
import { arriving } from './ingest.ts'
import type { IncomingFile } from './ingest.ts'
import { classNameOf, labelsFor, unusedRows } from './labels.ts'
import type { LabelResult, LabelSources } from './labels.ts'
import { layoutOf } from './readers/class-folders.ts'
import { openZipOfFolders } from './readers/folders.ts'

export type Content = { readonly count: number; readonly images: AsyncIterable<IncomingFile> }

export async function contentOf(arrivals: Arrivals, limits: ZipLimits): Promise<Content> {
  const sources: LabelSources = {
    label: arrivals.fields.label ?? null,
    labels: arrivals.labels,
    table: arrivals.table,
  }
  if (arrivals.files.length === 0 && arrivals.zips.length === 0) {
    throw new DarkroomError('missing_file', {
      what: 'No images were sent',
      why: arrivals.table === null ? 'the form has no file' : 'only a label table was sent',
      remedy: 'Send images or a ZIP archive in the field `files`.',
    })
  }
  if (arrivals.zips.length === 0 && arrivals.files.every((file) => file.bytes === 0)) {
    throw new DarkroomError('missing_file', {
      what: 'No images were sent',
      why: arrivals.files.length === 1 ? 'the file is empty' : 'all files are empty',
      remedy: 'Send images or a ZIP archive in the field `files`.',
    })
  }
  refuseImpossibleNames(sources)
  const paths = arrivals.files.map((file) => file.path)
  const contents = paths.length === 0 ? [] : [loose(arrivals, labelsFor(paths, sources))]
  // A list has the label of each single file; with ZIPs only, it applies to their entries.
  const forZips = paths.length === 0 ? sources : { ...sources, labels: [] }
  for (const zip of arrivals.zips) contents.push(await zipped(zip, forZips, limits))
  if (
    sources.table !== null &&
    sources.labels.length === 0 &&
    sources.label === null &&
    arrivals.zips.length === 0
  )
    contents.push(missing(unusedRows(paths, sources.table)))
  return { count: contents.reduce((sum, c) => sum + c.count, 0), images: inTurn(contents) }
}

async function* inTurn(contents: readonly Content[]): AsyncGenerator<IncomingFile> {
  for (const { images } of contents) yield* images
}

function loose(arrivals: Arrivals, labels: readonly LabelResult[]): Content {
  async function* images(): AsyncGenerator<IncomingFile> {
    for (const [i, file] of arrivals.files.entries()) {
      const labelled = labels[i]!
      if (file.isTooLarge)
        yield { kind: 'too_large', path: file.path, reason: 'It is larger than the limit for an image.' }
      else if (labelled.label === null)
        yield { kind: 'no_label', path: file.path, reason: `No label: ${labelled.why}.` }
      else
        yield {
          label: labelled.label,
          split: labelled.split,
          path: file.path,
          bytes: await arrivals.read(file),
        }
    }
  }
  return { count: arrivals.files.length, images: images() }
}

async function zipped({ file }: ArrivedZip, sources: LabelSources, limits: ZipLimits): Promise<Content> {
  if (sources.label !== null || sources.labels.length > 0 || sources.table !== null)
    return flat(file, await listZip(file), sources, limits)
  const paths = await listZip(file)
  const table = paths.find((path) => /\.(?:csv|tsv)$/i.test(path))
  if (table === undefined || layoutOf(paths.filter((path) => path !== table)).classes.length > 0)
    return arriving((onStray) => openZipOfFolders(file, { onStray, limits }))
  return flat(
    file,
    paths.filter((path) => path !== table),
    { ...sources, table: await textAt(file, table, limits) },
    limits,
  )
}

/** A ZIP without class folders: labels come from the form, or from a table in the ZIP. */
function flat(file: string, paths: readonly string[], sources: LabelSources, limits: ZipLimits): Content {
  const answers = labelsFor(paths, sources)
  const labels = new Map(paths.map((path, i) => [path, answers[i]!]))
  async function* images(): AsyncGenerator<IncomingFile> {
    for await (const entry of readZip(file, limits)) {
      if (entry.kind === 'refused') yield { kind: 'refused_entry', path: entry.path, reason: entry.refused }
      else if (entry.kind === 'skipped') yield { kind: 'stray_file', path: entry.path, reason: entry.skipped }
      else {
        const labelled = labels.get(entry.path)
        if (labelled === undefined) continue // the table itself
        if (labelled.label === null)
          yield { kind: 'no_label', path: entry.path, reason: `No label: ${labelled.why}.` }
        else yield { label: labelled.label, split: labelled.split, path: entry.path, bytes: entry.bytes }
      }
    }
  }
  return { count: paths.length, images: images() }
}

async function textAt(file: string, path: string, limits: ZipLimits): Promise<string> {
  for await (const entry of readZip(file, limits))
    if (entry.kind === 'file' && entry.path === path) return new TextDecoder().decode(entry.bytes)
  throw new DarkroomError('bad_archive', {
    what: 'The label table cannot be read',
    why: `${path} in the archive is damaged`,
    remedy: 'Create the archive again.',
  })
}

function missing(names: readonly string[]): Content {
  async function* images(): AsyncGenerator<IncomingFile> {
    for (const path of names)
      yield { kind: 'stray_file', path, reason: 'The label table lists this file, but it was not sent.' }
  }
  return { count: 0, images: images() }
}

function refuseImpossibleNames({ label, labels }: LabelSources): void {
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
