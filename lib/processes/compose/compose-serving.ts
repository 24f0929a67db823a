/**
 * Composes the serving module for a process that computes predictions: engine, batcher, model registry, use
 * cases; and keeps it in step with promotions that other processes write.
 */
import { placeOf } from '#lib/auth/rate-limits.ts'
import type { Caller, Input } from '#lib/contracts/contract.ts'
import type { predictBatch as predictBatchContract, predictOne } from '#lib/contracts/predict.ts'
import type { ServingState } from '#lib/contracts/ipc.ts'
import type { Data } from '#lib/data/data.ts'
import type { DecodingQueue } from '#lib/images/decoding-queue.ts'
import type { Darkroom } from '#lib/http/context.ts'
import { isDecodedHere } from '#lib/images/decode-placement.ts'
import { createDecodeHere } from '#lib/inference/decode-here.ts'
import { sniff } from '#lib/images/sniff.ts'
import type { Log } from '#lib/operations/log.ts'
import { recurring } from '#lib/operations/recurring.ts'
import type { ServingFigures, Traffic } from '#lib/operations/traffic.ts'
import { createAdmission } from '#lib/serving/admission.ts'
import { createAdmittedPredict } from '#lib/serving/admitted-predict.ts'
import { createBatcher } from '#lib/serving/batcher.ts'
import { followPromotions } from '#lib/serving/follow-promotions.ts'
import { createOutcomes } from '#lib/serving/outcomes.ts'
import { createOwnEngine, type OpenedEngine } from '#lib/serving/own-engine.ts'
import { createPredictionCache } from '#lib/serving/prediction-cache.ts'
import { createPredict, PATIENCE_MS, type Prepare } from '#lib/serving/predict.ts'
import { runOn, type InferenceItem, type PoolResult } from '#lib/serving/run-on-pool.ts'
import { createPredictBatch } from '#lib/serving/predict-batch.ts'
import { createPredictExplained } from '#lib/serving/predict-explained.ts'
import { createRecovery } from '#lib/serving/recovery.ts'
import { createRemoteInference } from '#lib/serving/remote-inference.ts'
import { createRefusalLog } from '#lib/serving/refusal-log.ts'
import { createSwap } from '#lib/serving/model-registry.ts'
import { steadyClock } from '../clock.ts'
import { watchConnections } from '#lib/server/connection-rate.ts'
import type { CrashMemory } from '../answering/crash-memory.ts'
import { maxPixelsPublic } from '#lib/operations/memory-limits.ts'
import { layoutOf } from '../start/process-layout.ts'
import { remoteVersions } from './remote-versions.ts'
import { createServedPrecisions } from './served-precisions.ts'
import type { Start } from '../settings.ts'

/** ONNX Runtime's cost per image is constant from about 16 on, and requests are not read meanwhile. */
const MOST_IN_BATCH = 32
/** About half a second of work for one core. */
const QUEUE_CAPACITY = 1_024
/** A promotion reaches every predict process within a second, including loading and warming up. */
const LOOK_EVERY_MS = 400
/** A large image of a batch waits for the decoding child, where earlier ones may take seconds each. */
const BULK_PATIENCE_MS = 120_000

type ServingParts = {
  readonly webId: string
  readonly data: Data
  readonly decoding: DecodingQueue
  readonly log: Log
  readonly traffic: Traffic
  readonly openEngine: () => Promise<OpenedEngine>
  readonly crashes: CrashMemory
  /** Why predictions of anonymous clients are currently not stored; null when they are. */
  readonly anonymousSaveHindrance: () => string | null
}
type CallContext = { readonly signal: AbortSignal; readonly caller: Caller; readonly address: string }

/** What the program of a process needs from serving, wherever predictions are computed. */
export type ServingModule = AsyncDisposable & {
  readonly predict: Darkroom['serving']['predict']
  readonly predictBatch: Darkroom['serving']['predictBatch']
  readonly refusal: Darkroom['serving']['refusal']
  /** Resolves when predictions can be served, or when the reason that prevents it is known. */
  readonly begin: () => Promise<void>
  /** Checks the files, checksums and test inputs of a version as they are now. */
  readonly verify: (versionId: string) => Promise<unknown>
  readonly state: () => ServingState
  readonly figures: () => ServingFigures
}

export function composeServing(
  { settings, places }: Start,
  { webId, data, decoding, log, traffic, openEngine, crashes, anonymousSaveHindrance }: ServingParts,
): ServingModule {
  const precisions = createServedPrecisions()
  const changed = (): void => {
    batcher.wake()
    explaining.wake()
  }
  const ownEngine = createOwnEngine({
    open: async () => precisions.noting(await openEngine()),
    clock: steadyClock,
    log,
    changed,
    record: crashes.loading,
  })
  const { INFERENCE_URL } = settings
  const endpoint =
    INFERENCE_URL === undefined
      ? null
      : createRemoteInference({
          local: ownEngine,
          describe: remoteVersions({ ...settings, INFERENCE_URL }, data),
          clock: steadyClock,
          log,
          changed,
        })
  const engine = endpoint ?? ownEngine
  const batcher = createBatcher<InferenceItem, PoolResult>({
    most: MOST_IN_BATCH,
    capacity: QUEUE_CAPACITY,
    longestWaitMs: () => admission.longestWaitMs(),
    lanes: engine.ready,
    keyOf: (item) => item.served.ref.key,
    isBulk: (item) => item.isBulk,
    run: runOn(engine, settings.MAX_PIXELS),
    clock: steadyClock,
  })
  const decodeHere = createDecodeHere({
    decoding,
    begin: crashes.begin,
    isSuspect: crashes.suspects.has,
    patienceMs: PATIENCE_MS,
    bulkPatienceMs: BULK_PATIENCE_MS,
  })
  const prepare: Prepare = ({ bytes, hash }, { ref }, { maxPixels = settings.MAX_PIXELS, isBulk, signal }) =>
    decodeHere(bytes, { folder: ref.folder, hash, maxPixels, isBulk: isBulk === true, signal })
  const connections = watchConnections(layoutOf(settings).front.count)
  const admission = createAdmission(steadyClock, connections.isStorm, layoutOf(settings).front.count)
  const outcomes = createOutcomes(steadyClock)
  const cache = createPredictionCache(settings.PREDICTION_CACHE_MB * 1024 ** 2)
  const swap = createSwap({ pool: engine, data, log, retired: (key) => cache?.forget(key) })
  const recovery = createRecovery({ swap, data, clock: steadyClock, log })
  const predict = createPredict({
    swap,
    batcher,
    data,
    clock: steadyClock,
    today: () => new Date(),
    mediaTypeOf,
    prepare,
    answered: traffic.predicted,
    cache,
    anonymousSaveHindrance,
  })
  const explaining = createPredictExplained({
    predict,
    swap,
    pool: engine,
    clock: steadyClock,
    prepare,
    maxPixels: settings.MAX_PIXELS,
  })
  const admittedPredict = createAdmittedPredict({
    predict,
    explaining,
    admission,
    outcomes,
    isSmall: isDecodedHere,
  })
  const logRefusals = createRefusalLog(admission, log)
  const predictBatch = createPredictBatch({
    predict,
    maxImageBytes: settings.MAX_IMAGE_MB * 1024 ** 2,
    maxUploadBytes: settings.MAX_UPLOAD_MB * 1024 ** 2,
    scratchDir: places.scratchDir,
  })

  const maxPixelsAnonymous = maxPixelsPublic(settings) // read once, because the system reads files for it
  const callerOf = ({ caller, address, signal }: CallContext) => ({
    signal,
    ...(cache && { sender: `${caller.kind} ${caller.id ?? placeOf(address)}` }),
    isAnonymous: caller.kind === 'anonymous',
    maxPixels: caller.kind === 'anonymous' ? maxPixelsAnonymous : settings.MAX_PIXELS,
  })

  const follower = followPromotions({
    process: { webId, pid: process.pid },
    swap,
    recovery,
    data,
    clock: steadyClock,
    log,
  })
  const looking = recurring(
    { log, now: steadyClock.now },
    'The promotions could not be read, or the heartbeat of this process could not be written',
    async () => {
      logRefusals()
      await follower.look()
    },
  )
  let timer: NodeJS.Timeout | undefined

  async function begin(): Promise<void> {
    await follower.begin()
    void looking()
    timer = setInterval(() => void looking(), LOOK_EVERY_MS)
  }

  return {
    predict: (input: Input<typeof predictOne>, context: CallContext) =>
      admittedPredict(input, callerOf(context)),
    refusal: admission.refusal,
    predictBatch: (request: Input<typeof predictBatchContract>, context: CallContext) =>
      predictBatch(request, callerOf(context)),
    begin,
    verify: swap.verify,
    state: () => ({
      engine: engine.engine(),
      engineReason: engine.reason(),
      hindrance: follower.hindrance(),
      failing: outcomes.failing(),
      versions: swap.names(),
      precisions: Object.fromEntries(
        Object.keys(swap.names()).flatMap((id) => {
          const served = precisions.of(swap.serving(id)?.ref.key ?? '')
          return served ? [[id, { precision: served.precision, reason: served.note }]] : []
        }),
      ),
      remote: endpoint?.remote() ?? [],
    }),
    figures() {
      const { hits, misses } = cache?.figures() ?? { hits: 0, misses: 0 }
      return { ...batcher.figures(), cacheHits: hits, cacheMisses: misses }
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      connections[Symbol.dispose]()
      await looking() // a later run would write after the end
      await follower.leave()
      await engine[Symbol.asyncDispose]()
    },
  }
}

const mediaTypeOf = (bytes: Uint8Array): string => `image/${sniff(bytes).kind}`
