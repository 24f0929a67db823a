/** Many pictures in one request, as files or in a ZIP: answers in their order, a bad one as an entry with its
 *  error. Each is predicted like any other; nothing is decided here. */
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { readZip } from '#lib/archive/read-zip.ts'
import type { Part } from '#lib/contracts/contract.ts'
import type { PredictionAnswer } from '#lib/contracts/predict.ts'
import { DarkroomError, isDarkroomError, type ErrorCode } from '#lib/domain/errors.ts'
import type { PredictionRequest, PredictCaller, PredictOne } from './predict.ts'

/** More than this belongs into a job, not into one answer. */
export const MOST_PICTURES = 2_000
/** Of one request at a time in the queue, so that it cannot crowd out the others. */
const AT_ONCE = 32
/** Of one request: large images wait for the decoding child, which refuses more than a quarter of its budget
 *  of waiting bytes, 25 MB in small memory. */
const MOST_OPEN_BYTES = 16 * 1024 ** 2
/** Of all such requests together: two full batches for each of two engines, so that they work without a pause
 *  and what comes singly waits for one batch. */
const ALL_AT_ONCE = 64

export type BatchParts = {
  readonly predict: PredictOne
  readonly maxImageBytes: number
  readonly maxUploadBytes: number
  readonly mostOpenBytes?: number
  /** Where a ZIP lies while it is read. */
  readonly scratchDir: string
}

export type BatchRequest = Omit<PredictionRequest, 'picture'> & { readonly parts: AsyncIterable<Part> }
type FailedEntry = { success: false; filename: string | null; code: string; error: string }
export type BatchAnswer = { success: true; count: number; predictions: (PredictionAnswer | FailedEntry)[] }
type BatchEntry =
  | { readonly filename: string; readonly bytes: Uint8Array }
  | { readonly filename: string; readonly code: ErrorCode; readonly error: string }

export function createPredictBatch({
  predict,
  maxImageBytes,
  maxUploadBytes,
  scratchDir,
  mostOpenBytes = MOST_OPEN_BYTES,
}: BatchParts) {
  const turns = takingTurns(ALL_AT_ONCE)

  return async function predictBatch(
    { parts, ...asking }: BatchRequest,
    caller: PredictCaller,
  ): Promise<BatchAnswer> {
    const { signal } = caller
    let chosen = asking
    const predictions: (PredictionAnswer | FailedEntry)[] = []
    const open = new Set<Promise<void>>()
    const failures: unknown[] = []
    let openBytes = 0
    let files = 0

    for await (const part of parts) {
      if (part.kind === 'field') {
        if (files > 0 && (part.name === 'classifier' || part.name === 'version')) throw tooLate(part.name)
        if (part.name === 'classifier' || part.name === 'version')
          chosen = { ...chosen, [part.name]: part.value }
        continue
      }
      files += 1
      for await (const found of imagesOf(part, signal)) await add(found)
    }
    if (files === 0) throw noFiles()
    await Promise.all(open)
    if (failures.length > 0) throw failures[0]
    return { success: true, count: predictions.length, predictions }

    async function add(found: BatchEntry): Promise<void> {
      const place = predictions.length
      if (place >= MOST_PICTURES) throw tooMany()
      predictions.push({ success: false, filename: found.filename, code: 'internal', error: '' })
      if (!('bytes' in found)) {
        predictions[place] = { success: false, ...found }
        return
      }
      const { length } = found.bytes
      while (open.size > 0 && openBytes + length > mostOpenBytes) await Promise.race(open)
      openBytes += length
      const one = answer(found)
        .then(
          (response) => {
            predictions[place] = response
          },
          (error: unknown) => {
            failures.push(error)
          },
        )
        .finally(() => {
          open.delete(one)
          openBytes -= length
        })
      open.add(one)
      if (open.size >= AT_ONCE) await Promise.race(open)
      if (failures.length > 0) throw failures[0]
    }

    async function answer(image: {
      filename: string
      bytes: Uint8Array
    }): Promise<PredictionAnswer | FailedEntry> {
      try {
        return await turns.run(() => predict({ ...chosen, picture: image }, { ...caller, isBulk: true }))
      } catch (error) {
        if (!isDarkroomError(error) || !OF_ONE_PICTURE.has(error.code)) throw error
        return { success: false, filename: image.filename, code: error.code, error: error.message }
      }
    }
  }

  async function* imagesOf(
    part: Extract<Part, { kind: 'file' }>,
    signal?: AbortSignal,
  ): AsyncGenerator<BatchEntry> {
    const chunks = part.bytes[Symbol.asyncIterator]()
    const first = await chunks.next()
    const rest = first.done ? (async function* () {})() : withFirst(first.value, chunks)
    if (!first.done && isZip(first.value)) yield* picturesOfZip(rest, signal)
    else yield await whole(part.filename, rest)
  }

  async function* picturesOfZip(
    bytes: AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): AsyncGenerator<BatchEntry> {
    const folder = await mkdtemp(path.join(scratchDir, `batch-${process.pid}-`))
    try {
      const file = path.join(folder, 'pictures.zip')
      await pipeline(Readable.from(bytes), createWriteStream(file))
      for await (const entry of readZip(
        file,
        { entryBytes: maxImageBytes, totalBytes: maxUploadBytes * 4 },
        signal,
      )) {
        if (entry.kind === 'file') yield { filename: entry.path, bytes: entry.bytes }
        if (entry.kind === 'refused')
          yield {
            filename: entry.path,
            code: 'bad_archive',
            error: `This entry of the ZIP archive was skipped: ${entry.refused}.`,
          }
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  /** One picture's bytes; of one that is too large, the rest passes by unkept. */
  async function whole(filename: string, bytes: AsyncIterable<Uint8Array>): Promise<BatchEntry> {
    const kept: Uint8Array[] = []
    let length = 0
    for await (const chunk of bytes) {
      length += chunk.length
      if (length <= maxImageBytes) kept.push(chunk)
      else kept.length = 0
    }
    if (length <= maxImageBytes) return { filename, bytes: Buffer.concat(kept) }
    const limitMb = Math.round(maxImageBytes / 1024 ** 2)
    return {
      filename,
      code: 'too_large',
      error:
        `This image is too large: it has ${(length / 1024 ** 2).toFixed(1)} MiB, and the limit is ` +
        `${limitMb} MiB. Send a smaller copy of it.`,
    }
  }
}

/** So many at a time; the others wait in the order in which they came. */
function takingTurns(most: number): { readonly run: <T>(work: () => Promise<T>) => Promise<T> } {
  const waiting: (() => void)[] = []
  let running = 0
  return {
    async run(work) {
      if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
      else running += 1
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next) next()
        else running -= 1
      }
    },
  }
}

/** What is wrong with one picture leaves the others alone; anything else fails the request. */
const OF_ONE_PICTURE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'missing_file',
  'too_large',
  'too_many_pixels',
  'not_an_image',
  'unsupported_media',
  'corrupt_image',
  'needs_more_memory',
  'internal',
])

const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5)

async function* withFirst(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

const noFiles = () =>
  new DarkroomError('missing_file', {
    what: 'No image was sent',
    why: 'the field "files" has no image',
    remedy: 'Send images, or one ZIP archive of them, in the multipart field "files".',
  })
const tooMany = () =>
  new DarkroomError('too_large', {
    what: 'Too many images were sent',
    why: `the limit is ${MOST_PICTURES} images per request`,
    remedy: 'Split them into several requests.',
  })
const tooLate = (name: string) =>
  new DarkroomError('malformed', {
    what: `The field "${name}" was sent too late`,
    why: 'images before it have already been processed',
    remedy: `Send "${name}" before the files, or in the URL.`,
  })
