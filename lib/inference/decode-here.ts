/**
 * From the bytes of an image to the square that a version reads, for a process that answers requests: small PNGs
 * in JavaScript, other PNGs and JPEGs up to a megapixel on the threads of libvips, everything else in the decoding
 * child. It notes which images libvips is decoding here, so that one that ends the process is known afterwards.
 */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { PreparedImage } from '#lib/contracts/ipc.ts'
import { reportedError } from '#lib/domain/errors.ts'
import { andThen, type MaybePromise } from '#lib/domain/maybe-promise.ts'
import { decodeInScript } from '#lib/images/decode.ts'
import { isDecodedHere } from '#lib/images/decode-placement.ts'
import type { DecodingQueue } from '#lib/images/decoding-queue.ts'
import { readPreprocess } from '#lib/ml/formats/bundle.ts'
import { prepare as prepareSquare } from '#lib/ml/preprocess/preprocess.ts'
import { noteOf } from './decode-notes.ts'
import { backgroundOf, prepare } from './prepare-images.ts'

/** As many as libuv has threads; each takes about 10 MB. */
const DECODED_AT_ONCE = 4

export type DecodeHereParts = {
  readonly decoding: Pick<DecodingQueue, 'decode'>
  /** Notes work and returns what is to be called when it is done (lib/children/work-record.ts). */
  readonly begin: (work: string) => () => void
  /** Whether a process ended while it decoded this image; then it is decoded in the child. */
  readonly isSuspect: (hash: () => string) => boolean
  /** How long an image waits for the child. */
  readonly patienceMs: number
  /** The same for an image of a batch: those before it may take seconds each. */
  readonly bulkPatienceMs: number
}

export type DecodeRequest = {
  /** Of the version whose square is meant. */
  readonly folder: string
  readonly hash: () => string
  readonly maxPixels: number
  readonly isBulk: boolean
  readonly signal: AbortSignal | undefined
}

/** Refuses what is no image, has too many pixels or needs too much memory. A small PNG is there at once. */
export type DecodeHere = (bytes: Uint8Array, request: DecodeRequest) => MaybePromise<PreparedImage>

export function createDecodeHere({
  decoding,
  begin,
  isSuspect,
  patienceMs,
  bulkPatienceMs,
}: DecodeHereParts): DecodeHere {
  const specs = new Map<string, Preprocess>()
  const waiting: (() => void)[] = []
  let running = 0

  async function readSpec(folder: string): Promise<Preprocess> {
    const spec = await readPreprocess(folder)
    specs.set(folder, spec)
    return spec
  }

  async function onThreads(
    bytes: Uint8Array,
    spec: Preprocess,
    { hash, maxPixels }: DecodeRequest,
  ): Promise<PreparedImage> {
    const since = performance.now()
    if (running >= DECODED_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    const queuedMs = performance.now() - since
    const done = begin(noteOf(hash()))
    try {
      const prepared = await prepare(bytes, spec, maxPixels)
      if (!('square' in prepared)) throw reportedError(prepared.failure)
      return { ...prepared, queuedMs }
    } finally {
      done()
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }

  async function inChild(
    bytes: Uint8Array,
    { folder, maxPixels, isBulk, signal }: DecodeRequest,
  ): Promise<PreparedImage> {
    const { data, width, height, decodeMs, queuedMs, problem } = await decoding.decode(bytes, {
      wish: { kind: 'square', folder },
      maxPixels,
      patienceMs: isBulk ? bulkPatienceMs : patienceMs,
      signal,
    })
    return { square: data, width, height, decodeMs, queuedMs, problem }
  }

  function decoded(bytes: Uint8Array, spec: Preprocess, request: DecodeRequest): MaybePromise<PreparedImage> {
    const { maxPixels, hash } = request
    const startedAt = performance.now()
    const script = decodeInScript(bytes, { maxPixels, background: backgroundOf(spec) })
    if (script !== null) {
      const { width, height } = script
      const { square, problem } = prepareSquare(script.image, spec)
      return { square, problem, width, height, queuedMs: 0, decodeMs: performance.now() - startedAt }
    }
    return isDecodedHere(bytes, maxPixels) && !isSuspect(hash)
      ? onThreads(bytes, spec, request)
      : inChild(bytes, request)
  }

  return (bytes, request) =>
    andThen(specs.get(request.folder) ?? readSpec(request.folder), (spec) => decoded(bytes, spec, request))
}
