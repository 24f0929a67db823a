/**
 * Composes the serving module for a process that serves predictions: children, pool, batcher, model
 * registry, use cases; and keeps it in step with promotions that other processes write.
 */
import type { Caller, Input } from '#lib/contracts/contract.ts'
import type { predictBatch as predictBatchContract, predictOne } from '#lib/contracts/predict.ts'
import type { Data } from '#lib/data/data.ts'
import type { DecodingQueue } from '#lib/images/decoding-queue.ts'
import { isSmallImage } from '#lib/images/decode-placement.ts'
import { createPrepareImage } from '#lib/images/prepare-image.ts'
import { sniff } from '#lib/images/sniff.ts'
import type { Log } from '#lib/operations/log.ts'
import { recurring } from '#lib/operations/recurring.ts'
import type { Traffic } from '#lib/operations/traffic.ts'
import { createAdmission } from '#lib/serving/admission.ts'
import { createAdmittedPredict } from '#lib/serving/admitted-predict.ts'
import { createBatcher } from '#lib/serving/batcher.ts'
import { followPromotions } from '#lib/serving/follow-promotions.ts'
import { createOutcomes } from '#lib/serving/outcomes.ts'
import { createPool } from '#lib/serving/pool.ts'
import { createPredict, PATIENCE_MS, type Prepare } from '#lib/serving/predict.ts'
import { runOn, type InferenceItem, type PoolResult } from '#lib/serving/run-on-pool.ts'
import { createPredictBatch } from '#lib/serving/predict-batch.ts'
import { createPredictExplained } from '#lib/serving/predict-explained.ts'
import { createRecovery } from '#lib/serving/recovery.ts'
import { createRefusalLog } from '#lib/serving/refusal-log.ts'
import { createSwap } from '#lib/serving/model-registry.ts'
import { steadyClock } from './clock.ts'
import { watchConnections } from '#lib/server/connection-rate.ts'
import { childCount, inferenceSettings, startInference, type InferenceProcess } from './fork-inference.ts'
import { watchLoopLag } from '#lib/server/loop-lag.ts'
import { maxPixelsPublic } from '#lib/operations/memory-limits.ts'
import type { Start } from './settings.ts'

/** ONNX Runtime's cost per image is constant from 8 on; 16 also spreads the cost of a message. */
const MOST_IN_BATCH = 16
/** About half a second of work for one core. */
const QUEUE_CAPACITY = 1_024
/** A promotion reaches every web process within a second, including loading and warming up. */
const LOOK_EVERY_MS = 400
/** A large image of a batch waits for the decoding child, where earlier ones may take seconds each. */
const BULK_PATIENCE_MS = 120_000

type ServingParts = {
  readonly webId: string
  readonly data: Data
  readonly decoding: DecodingQueue
  readonly log: Log
  readonly traffic: Traffic
  readonly early: readonly InferenceProcess[]
  /** Why predictions of anonymous clients are currently not stored; null when they are. */
  readonly anonymousSaveHindrance: () => string | null
}
type CallContext = { readonly signal: AbortSignal; readonly caller: Caller }

export type ServingModule = ReturnType<typeof composeServing>

export function composeServing(
  { settings, places }: Start,
  { webId, data, decoding, log, traffic, early, anonymousSaveHindrance }: ServingParts,
) {
  const pool = createPool({
    name: 'inference',
    size: childCount(settings),
    start: startInference({
      ...inferenceSettings(settings),
      log,
      onLine: (line) => log('warn', line, { child: 'inference' }),
      early,
    }),
    clock: steadyClock,
    log,
    changed: () => {
      batcher.wake()
      explaining.wake()
    },
    cannotLoad: (key, reason) => swap.cannotLoad(key, reason),
  })
  const batcher = createBatcher<InferenceItem, PoolResult>({
    most: MOST_IN_BATCH,
    capacity: QUEUE_CAPACITY,
    lanes: pool.ready,
    ahead: pool.ready,
    keyOf: (item) => item.served.ref.key,
    isBulk: (item) => item.isBulk,
    run: runOn(pool, settings.MAX_PIXELS),
    clock: steadyClock,
  })
  const prepareImage = createPrepareImage(decoding, {
    maxPixels: settings.MAX_PIXELS,
    patienceMs: PATIENCE_MS,
    bulkPatienceMs: BULK_PATIENCE_MS,
  })
  const prepare: Prepare = (bytes, { ref }, caller) => prepareImage(bytes, ref, caller)
  const loop = watchLoopLag()
  const connections = watchConnections()
  const admission = createAdmission(steadyClock, loop.lagMs, connections.isStorm)
  const outcomes = createOutcomes(steadyClock)
  const swap = createSwap({ pool, data, log })
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
    anonymousSaveHindrance,
  })
  const explaining = createPredictExplained({
    predict,
    swap,
    pool,
    clock: steadyClock,
    prepare,
    maxPixels: settings.MAX_PIXELS,
  })
  const admittedPredict = createAdmittedPredict({
    predict,
    explaining,
    admission,
    outcomes,
    isSmall: isSmallImage,
  })
  const logRefusals = createRefusalLog(admission, log)
  const predictBatch = createPredictBatch({
    predict,
    maxImageBytes: settings.MAX_IMAGE_MB * 1024 ** 2,
    maxUploadBytes: settings.MAX_UPLOAD_MB * 1024 ** 2,
    scratchDir: places.scratchDir,
  })

  const maxPixelsAnonymous = maxPixelsPublic(settings) // read once, because the system reads files for it
  const callerOf = ({ caller, signal }: CallContext) => ({
    signal,
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
    failing: outcomes.failing,
    predictBatch: (request: Input<typeof predictBatchContract>, context: CallContext) =>
      predictBatch(request, callerOf(context)),
    begin,
    serving: swap.serving,
    verify: swap.verify,
    hindrance: follower.hindrance,
    engine: () => ({
      name: pool.engine(),
      reason:
        pool
          .children()
          .map((child) => child.reason)
          .find(Boolean) ?? '',
    }),
    figures: () => batcher.figures(),
    children: pool.children,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      loop[Symbol.dispose]()
      connections[Symbol.dispose]()
      await looking() // a later run would write after the end
      await follower.leave()
      await pool[Symbol.asyncDispose]()
    },
  }
}

const mediaTypeOf = (bytes: Uint8Array): string => `image/${sniff(bytes).kind}`
