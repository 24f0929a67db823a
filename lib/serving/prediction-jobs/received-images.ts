/**
 * The images of a prediction job on disk: received as a form or ZIP, in one folder, and read again in the same order
 * by the worker. It checks sizes and counts entries; whether a file is an image is found out when it is decoded.
 */
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { listZip, readZip } from '#lib/archive/read-zip.ts'
import type { Part } from '#lib/contracts/contract.ts'
import { jobImages, type JobImageSource } from '#lib/contracts/prediction-jobs.ts'
import { DarkroomError, type ErrorCode } from '#lib/domain/errors.ts'

/** In DATA_DIR. */
export const JOBS_FOLDER = 'prediction-jobs'
const CONTENTS = 'contents.json'
const LOOSE = 'images'
/** What a ZIP may unpack to, as a multiple of the largest upload: images hardly compress. */
const UNPACKED_TIMES = 4
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

/** Where the images of a job are. */
export const folderOf = (dataDir: string, id: string): string => path.join(dataDir, JOBS_FOLDER, id)

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
      const { first, all } = await withFirst(part.bytes)
      if (first.byteLength === 0 && part.filename === '') continue // an empty file field of a form
      filename ??= displayName(part.filename) || null
      if (isZip(first)) {
        const file = `zip-${sources.length}`
        await pipeline(Readable.from(all), createWriteStream(path.join(folder, file), { flags: 'wx' }))
        const listing = await listZip(path.join(folder, file))
        total += listing.files.length + listing.refused.length
        sources.push({ kind: 'zip', file })
      } else {
        total += 1
        const name = displayName(part.filename) || `file-${total}`
        const { size, written } = await append(loose, end, all, limits.maxImageBytes)
        sources.push(
          size > limits.maxImageBytes
            ? { kind: 'too_large', filename: name, bytes: size }
            : { kind: 'image', filename: name, at: end, bytes: size },
        )
        end += written
      }
      if (total > mostImages) throw tooMany(mostImages)
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
    if (source.kind === 'too_large') yield { kind: 'failed', ...place, ...tooLarge(source.bytes, limits) }
    else {
      const bytes = new Uint8Array(source.bytes)
      await loose.read(bytes, 0, bytes.length, source.at)
      yield { kind: 'image', ...place, bytes }
    }
  }
}

async function append(
  file: {
    readonly write: (
      bytes: Uint8Array,
      offset: number,
      length: number,
      at: number,
    ) => Promise<{ bytesWritten: number }>
  },
  at: number,
  chunks: AsyncIterable<Uint8Array>,
  most: number,
): Promise<{ readonly size: number; readonly written: number }> {
  let size = 0
  let written = 0
  for await (const chunk of chunks) {
    const accepted = chunk.subarray(0, Math.max(0, most - size))
    for (let done = 0; done < accepted.byteLength;) {
      const { bytesWritten } = await file.write(accepted, done, accepted.byteLength - done, at + written)
      done += bytesWritten
      written += bytesWritten
    }
    size += chunk.byteLength
  }
  return { size, written }
}

/** The first bytes, and the complete stream. */
async function withFirst(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ first: Uint8Array; all: AsyncGenerator<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]()
  let first: Uint8Array = new Uint8Array()
  while (first.byteLength < 4) {
    const next = await iterator.next()
    if (next.done) break
    first = first.byteLength === 0 ? next.value : Buffer.concat([first, next.value])
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    if (first.byteLength > 0) yield first
    for (let more = await iterator.next(); !more.done; more = await iterator.next()) yield more.value
  }
  return { first, all: all() }
}

const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5)

/** For display; never a path to write to. */
const displayName = (filename: string): string =>
  filename
    .replaceAll('\\', '/')
    .replace(/\p{Cc}/gu, '')
    .replace(/^\/+/, '')
    .slice(-LONGEST_NAME)

function tooLarge(bytes: number, { maxImageBytes }: ImageLimits): { code: ErrorCode; error: string } {
  const mebibytes = (value: number) => (value / 1024 ** 2).toLocaleString('en', { maximumFractionDigits: 1 })
  return {
    code: 'too_large',
    error:
      `This image is too large: it has ${mebibytes(bytes)} MiB, and the limit is ${mebibytes(maxImageBytes)} MiB. ` +
      'Send a smaller copy of it.',
  }
}

const noFiles = () =>
  new DarkroomError('missing_file', {
    what: 'No image was sent',
    why: 'the field "files" has no image',
    remedy: 'Send images, or one ZIP archive of them, in the multipart field "files".',
  })

const tooMany = (most: number) =>
  new DarkroomError('too_large', {
    what: 'Too many images were sent',
    why: `the limit is ${most.toLocaleString('en')} images per job`,
    remedy: 'Split them into several jobs.',
  })

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
