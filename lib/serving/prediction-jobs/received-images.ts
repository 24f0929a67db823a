/**
 * The images of a prediction job on disk: received as a form or ZIP, in one folder, and read again in the same order
 * by the worker. It checks sizes and counts entries; whether a file is an image is found out when it is decoded.
 */
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isZip, listZip, readZip, ZIP_BYTES } from '#lib/archive/read-zip.ts'
import {
  appendStream,
  displayName,
  peekStream,
  readSpooled,
  UNPACKED_TIMES,
} from '#lib/archive/spool-file.ts'
import type { Part } from '#lib/contracts/contract.ts'
import { jobImages, type JobImageSource } from '#lib/contracts/prediction-jobs.ts'
import { DarkroomError, type ErrorCode } from '#lib/domain/errors.ts'
import { imageTooLarge, noFiles, tooManyImages } from '../refusals.ts'
import { folderOf, JOBS_FOLDER } from './job-folder.ts'

const CONTENTS = 'contents.json'
const LOOSE = 'images'
const LONGEST_NAME = 500

export type ImageLimits = { readonly maxImageBytes: number; readonly maxUploadBytes: number }

export type JobImage = { readonly position: number; readonly filename: string } & (
  | { readonly kind: 'image'; readonly bytes: Uint8Array }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly error: string }
)

export type ReceivedImages = {
  readonly fields: Readonly<Record<string, string>>
  /** Of the first file. */
  readonly filename: string | null
  readonly total: number
  /** Moves the images to where `imagesIn` reads those of this job. */
  readonly keepAs: (id: string) => Promise<void>
  readonly discard: () => Promise<void>
}

/** Streams all parts to disk. `too_large` for more than `mostImages`, `bad_archive` for a ZIP without usable
 *  entries. */
export async function receiveImages(
  parts: AsyncIterable<Part>,
  { dataDir, limits, mostImages }: { dataDir: string; limits: ImageLimits; mostImages: number },
): Promise<ReceivedImages> {
  const jobs = path.join(dataDir, JOBS_FOLDER)
  await mkdir(jobs, { recursive: true })
  const folder = await mkdtemp(path.join(jobs, `.making-${process.pid}-`))
  const discard = () => rm(folder, { recursive: true, force: true })
  try {
    const fields: Record<string, string> = {}
    const sources: JobImageSource[] = []
    let filename: string | null = null
    let total = 0
    let end = 0
    await using loose = await open(path.join(folder, LOOSE), 'w')
    for await (const part of parts) {
      if (part.kind === 'field') {
        fields[part.name] = part.value
        continue
      }
      const { first, all } = await peekStream(part.bytes, ZIP_BYTES)
      if (first.byteLength === 0 && part.filename === '') continue // an empty file field of a form
      filename ??= displayName(part.filename) || null
      if (isZip(first)) {
        const file = `zip-${sources.length}`
        await pipeline(Readable.from(all), createWriteStream(path.join(folder, file), { flags: 'wx' }))
        const listing = await listZip(path.join(folder, file), { mostEntries: mostImages - total })
        total += listing.files.length + listing.refused.length
        sources.push({ kind: 'zip', file })
      } else {
        total += 1
        const name = displayName(part.filename) || `file-${total}`
        const size = await appendStream(loose, end, all, limits.maxImageBytes)
        sources.push(
          size > limits.maxImageBytes
            ? { kind: 'too_large', filename: name, bytes: size }
            : { kind: 'image', filename: name, at: end, bytes: size },
        )
        end += Math.min(size, limits.maxImageBytes)
      }
      if (total > mostImages) throw tooManyImages(mostImages, 'job')
    }
    if (total === 0) throw noFiles()
    await writeFile(path.join(folder, CONTENTS), JSON.stringify({ format: 1, sources }))
    return {
      fields,
      filename,
      total,
      keepAs: (id) => rename(folder, folderOf(dataDir, id)),
      discard,
    }
  } catch (error) {
    await discard()
    throw error
  }
}

/** From position `from` on: the same images in the same order at each call. `file_missing` if they are not there. */
export async function* imagesIn(
  folder: string,
  { from, limits, signal }: { from: number; limits: ImageLimits; signal: AbortSignal },
): AsyncGenerator<JobImage> {
  const { sources } = jobImages.parse(
    JSON.parse(await readFile(path.join(folder, CONTENTS), 'utf8').catch(missing)),
  )
  await using loose = await open(path.join(folder, LOOSE), 'r')
  let position = 0
  for (const source of sources) {
    signal.throwIfAborted()
    if (source.kind === 'zip') {
      const wanted = {
        entryBytes: limits.maxImageBytes,
        totalBytes: limits.maxUploadBytes * UNPACKED_TIMES,
        wants: () => position++ >= from, // called once for each entry that counts
      }
      for await (const entry of readZip(path.join(folder, source.file), wanted, signal)) {
        const place = { position: position - 1, filename: entry.path.slice(-LONGEST_NAME) }
        if (entry.kind === 'file') yield { kind: 'image', ...place, bytes: entry.bytes }
        if (entry.kind === 'refused')
          yield {
            kind: 'failed',
            ...place,
            code: 'bad_archive',
            error: `This entry cannot be used: ${entry.refused}.`,
          }
      }
      continue
    }
    const place = { position: position++, filename: source.filename }
    if (place.position < from) continue
    if (source.kind === 'too_large')
      yield { kind: 'failed', ...place, ...imageTooLarge(source.bytes, limits.maxImageBytes) }
    else yield { kind: 'image', ...place, bytes: await readSpooled(loose, source) }
  }
}

function missing(cause: unknown): never {
  throw new DarkroomError(
    'file_missing',
    {
      what: 'The images of this job are missing',
      why: 'they were deleted, or this installation was restored from a backup, which does not contain them',
      remedy: 'Send them again.',
    },
    { cause },
  )
}
