/**
 * One image in, one prediction with its decision out, and its row stored before the response. Children
 * decode and compute; this file knows nothing about HTTP.
 */
import { createHash } from 'node:crypto'
import type { PreparedImage } from '#lib/contracts/ipc.ts'
import type { PredictionAnswer } from '#lib/contracts/predict.ts'
import type { Data } from '#lib/data/data.ts'
import { isDarkroomError, reportedError } from '#lib/domain/errors.ts'
import type { MaybePromise } from '#lib/domain/maybe-promise.ts'
import type { Batcher } from './batcher.ts'
import { savePrediction } from './save-prediction.ts'
import type { SteadyClock } from '#lib/domain/ports.ts'
import type { InferenceItem, PoolResult } from './run-on-pool.ts'
import type { ServingVersion, Swap } from './model-registry.ts'
import type { PredictionCache } from './prediction-cache.ts'
import { answerOf } from './prediction-result.ts'

/** Clients that have waited this long have usually given up. */
export const PATIENCE_MS = 10_000
/** A version that turns out to be broken is replaced by the previous one, and the request goes there. */
const MOST_VERSIONS_TRIED = 3

export type PredictParts = {
  readonly swap: Pick<Swap, 'lease' | 'serving'>
  readonly batcher: Batcher<InferenceItem, PoolResult>
  readonly data: {
    readonly classifiers: Pick<Data['classifiers'], 'chosen'>
    readonly predictions: Pick<Data['predictions'], 'record'>
    readonly id: () => string
  }
  readonly clock: SteadyClock
  /** The date; `clock` is monotonic and has none. */
  readonly today: () => Date
  readonly mediaTypeOf: (bytes: Uint8Array) => string
  /** Called after each prediction, for metrics. */
  readonly answered: (totalMs: number) => void
  /** Decodes an image, or leaves that to the engine. Rejects those with too many pixels, or that need too much
   *  memory. */
  readonly prepare: Prepare
  /** Why predictions of anonymous clients are currently not stored; null when they are. */
  readonly anonymousSaveHindrance?: () => string | null
  /** Outputs of recent predictions; absent: every image is computed. */
  readonly cache?: Pick<PredictionCache, 'find' | 'store'> | null
  /** How long an image may wait in the queue once its version is loaded; default PATIENCE_MS. */
  readonly patienceMs?: number
}

export type PredictionRequest = {
  readonly classifier?: string | undefined
  readonly version?: string | undefined
  readonly top_k: number
  readonly save: boolean
  readonly image: { readonly bytes: Uint8Array; readonly filename: string | null }
}

/**
 * Properties of the caller that change how the request is served. `maxPixels`: the largest image of this
 * caller. `isBulk`: one of many in a request; others go first. An anonymous client receives a prediction
 * even when it cannot be stored. `sender`: whose images are remembered together; absent: none is remembered.
 */
export type PredictCaller = {
  readonly signal?: AbortSignal
  readonly maxPixels?: number
  readonly isBulk?: boolean
  readonly isAnonymous?: boolean
  readonly sender?: string
}

/** `hash` of the bytes, computed when needed. */
export type EncodedImage = { readonly bytes: Uint8Array; readonly hash: () => string }

/** An image and the version that was named for it. */
type ImageOf = EncodedImage & { readonly version: string | undefined }

export type Prepare = (
  image: EncodedImage,
  served: ServingVersion,
  caller: PredictCaller,
) => MaybePromise<Uint8Array | PreparedImage>

export type PredictOne = (request: PredictionRequest, caller: PredictCaller) => Promise<PredictionAnswer>

export function createPredict({
  swap,
  batcher,
  data,
  clock,
  today,
  mediaTypeOf,
  answered,
  prepare,
  anonymousSaveHindrance = () => null,
  cache = null,
  patienceMs = PATIENCE_MS,
}: PredictParts): PredictOne {
  async function computed(classifierId: string, { version, bytes, hash }: ImageOf, caller: PredictCaller) {
    for (let tried = 1; ; tried++) {
      const leased = swap.lease(classifierId, version)
      const lease = leased instanceof Promise ? await leased : leased
      try {
        const key =
          cache === null || caller.sender === undefined
            ? null
            : { version: lease.ref.key, sender: caller.sender, hash: hash() }
        const cached = key && cache?.find(key, caller.maxPixels ?? Infinity)
        if (cached) {
          const output = { output: { ...cached.output, decodeMs: 0 }, inferenceMs: 0, engine: cached.engine }
          return { lease, output, queuedMs: 0, isCached: true }
        }
        const prepared = prepare({ bytes, hash }, lease, caller)
        const image = prepared instanceof Promise ? await prepared : prepared
        const { output, queuedMs } = await batcher.submit(
          { served: lease, image, isBulk: caller.isBulk === true },
          clock.now() + patienceMs,
          caller.signal,
        )
        if (key && output.output.ok && output.engine !== null)
          cache?.store(key, { output: output.output, engine: output.engine })
        const waitedMs = queuedMs + (image instanceof Uint8Array ? 0 : image.queuedMs)
        return { lease, output, queuedMs: waitedMs, isCached: false }
      } catch (error) {
        lease.release()
        const mayTryNext =
          version === undefined &&
          tried < MOST_VERSIONS_TRIED &&
          isDarkroomError(error) &&
          error.code === 'bad_bundle'
        if (!mayTryNext) throw error
      }
    }
  }

  return async function predict({ classifier, version, top_k, save, image: { bytes, filename } }, caller) {
    const began = clock.now()
    const hash = hashOf(bytes)
    // Rows are read only when the name alone does not identify the classifier: reading them takes 8 % of a busy
    // process (November 2026).
    const isServed = classifier !== undefined && swap.serving(classifier) !== null
    const classifierId = isServed ? classifier : (await data.classifiers.chosen(classifier)).id
    const { lease, output, queuedMs, isCached } = await computed(
      classifierId,
      { version, bytes, hash },
      caller,
    )
    try {
      const { output: image, inferenceMs, engine } = output
      if (!image.ok) throw reportedError(image.failure)
      if (engine === null) throw new Error('No engine processed an image')
      const response = answerOf(image, lease.version, { topK: top_k, hash })
      const hindrance = save && caller.isAnonymous === true ? anonymousSaveHindrance() : null
      const id = save && hindrance === null ? data.id() : null
      const at = today()
      const answer: PredictionAnswer = {
        success: true,
        id,
        saved: id !== null,
        unsaved_reason: hindrance,
        classifier: classifierId,
        model_version: lease.version.name,
        engine,
        ...response,
        filename,
        width: image.width,
        height: image.height,
        timestamp: at.toISOString(),
        timing_ms: {
          decode: ms(image.decodeMs),
          queue: ms(queuedMs),
          inference: ms(inferenceMs),
          total: ms(clock.now() - began),
        },
        cached: isCached,
      }
      const saved =
        id === null
          ? answer
          : await savePrediction(data.predictions, answer, {
              id,
              versionId: lease.version.id,
              image: { hash: hash(), bytes, mediaType: mediaTypeOf(bytes) },
              createdAt: at,
              isAnonymous: caller.isAnonymous === true,
            })
      answered(clock.now() - began)
      return saved
    } finally {
      lease.release()
    }
  }
}

/** Computed at most once, and only when it is needed. */
export function hashOf(bytes: Uint8Array): () => string {
  let hash: string | null = null
  return () => (hash ??= createHash('sha256').update(bytes).digest('hex'))
}

const ms = (value: number): number => Math.round(value * 100) / 100
