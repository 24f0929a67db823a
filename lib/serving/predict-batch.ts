/**
 * Many images in one request, as files or in a ZIP: predictions in order, and for an unreadable image an
 * entry with its error. Each image is predicted like a single one; nothing is decided here.
 */
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isZip, readZip, ZIP_BYTES } from '#lib/archive/read-zip.ts'
import { peekStream, UNPACKED_TIMES } from '#lib/archive/spool-file.ts'
import type { Part } from '#lib/contracts/contract.ts'
import type { PredictionAnswer } from '#lib/contracts/predict.ts'
import { DarkroomError, isDarkroomError, type ErrorCode } from '#lib/domain/errors.ts'
import type { PredictionRequest, PredictCaller, PredictOne } from './predict.ts'
import { imageTooLarge, noFiles, SINGLE_IMAGE_ERRORS, tooManyImages } from './refusals.ts'

/** Larger sets belong into a job, not into one response. */
export const MOST_IMAGES = 2_000
/** Images of one request that may be in the queue at a time, so that it cannot crowd out the others. */
const AT_ONCE = 32
/**
 * Bytes of one request in progress: large images wait for the decoding child, which refuses more than a
 * quarter of its budget of waiting bytes, 25 MB in small memory.
 */
const MOST_OPEN_BYTES = 16 * 1024 ** 2
/**
 * Images of all such requests together: two full batches for each of two engines, so that they work without
 * a pause and a single request waits for one batch only.
 */
const ALL_AT_ONCE = 64

export type BatchParts = {
  readonly predict: PredictOne
  readonly maxImageBytes: number
  readonly maxUploadBytes: number
  readonly mostOpenBytes?: number
  /** Where a ZIP is stored while it is read. */
  readonly scratchDir: string
}

export type BatchRequest = Omit<PredictionRequest, 'image'> & { readonly parts: AsyncIterable<Part> }
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
      for await (const entry of imagesOf(part, signal)) await add(entry)
    }
    if (files === 0) throw noFiles()
    await Promise.all(open)
    if (failures.length > 0) throw failures[0]
    return { success: true, count: predictions.length, predictions }

    async function add(entry: BatchEntry): Promise<void> {
      const place = predictions.length
      if (place >= MOST_IMAGES) throw tooManyImages(MOST_IMAGES, 'request')
      predictions.push({ success: false, filename: entry.filename, code: 'internal', error: '' })
      if (!('bytes' in entry)) {
        predictions[place] = { success: false, ...entry }
        return
      }
      const { length } = entry.bytes
      while (open.size > 0 && openBytes + length > mostOpenBytes) await Promise.race(open)
      openBytes += length
      const one = answer(entry)
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
        return await turns.run(() => predict({ ...chosen, image }, { ...caller, isBulk: true }))
      } catch (error) {
        if (!isDarkroomError(error) || !SINGLE_IMAGE_ERRORS.has(error.code)) throw error
        return { success: false, filename: image.filename, code: error.code, error: error.message }
      }
    }
  }

  async function* imagesOf(
    part: Extract<Part, { kind: 'file' }>,
    signal?: AbortSignal,
  ): AsyncGenerator<BatchEntry> {
    const { first, all } = await peekStream(part.bytes, ZIP_BYTES)
    if (isZip(first)) yield* imagesOfZip(all, signal)
    else yield await whole(part.filename, all)
  }

  async function* imagesOfZip(
    bytes: AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): AsyncGenerator<BatchEntry> {
    const folder = await mkdtemp(path.join(scratchDir, `batch-${process.pid}-`))
    try {
      const file = path.join(folder, 'images.zip')
      await pipeline(Readable.from(bytes), createWriteStream(file))
      for await (const entry of readZip(
        file,
        { entryBytes: maxImageBytes, totalBytes: maxUploadBytes * UNPACKED_TIMES },
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

  /** The bytes of one image; if it is too large, the rest is read and discarded. */
  async function whole(filename: string, bytes: AsyncIterable<Uint8Array>): Promise<BatchEntry> {
    const chunks: Uint8Array[] = []
    let length = 0
    for await (const chunk of bytes) {
      length += chunk.length
      if (length <= maxImageBytes) chunks.push(chunk)
      else chunks.length = 0
    }
    if (length <= maxImageBytes) return { filename, bytes: Buffer.concat(chunks) }
    return { filename, ...imageTooLarge(length, maxImageBytes) }
  }
}

/** Runs at most this many at a time; the others wait in order of arrival. */
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

const tooLate = (name: string) =>
  new DarkroomError('malformed', {
    what: `The field "${name}" was sent too late`,
    why: 'images before it have already been processed',
    remedy: `Send "${name}" before the files, or in the URL.`,
  })
