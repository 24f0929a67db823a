/**
 * The worker's side of prediction jobs: an inference process of its own at low priority for each job, and decoding of
 * large images within the memory budget. lib/serving/prediction-jobs knows what is computed and stored.
 */
import type { Data } from '#lib/data/data.ts'
import { isDarkroomError, type ErrorCode } from '#lib/domain/errors.ts'
import { laneOf } from '#lib/images/decode-placement.ts'
import type { DecodingQueue } from '#lib/images/decoding-queue.ts'
import type { AllHandlers, Handler } from '#lib/jobs/queue.ts'
import type { Log } from '#lib/operations/log.ts'
import { maxPixelsPublic } from '#lib/operations/memory-limits.ts'
import { createPool } from '#lib/serving/pool.ts'
import { folderOf } from '#lib/serving/prediction-jobs/job-folder.ts'
import { createRunPredictionJob, type RunPredictionJobParts } from '#lib/serving/prediction-jobs/run-job.ts'
import { steadyClock } from '../clock.ts'
import { inferenceSettings, startInference } from '../forks/fork-inference.ts'
import type { Start } from '../settings.ts'

/** Predictions and thumbnails of people go first in the decoding process, so an image of a job may wait long. */
const DECODING_PATIENCE_MS = 600_000

/** The queue tries again after other errors only: a DarkroomError is one that a person must fix. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['overloaded', 'not_ready', 'disk_full'])

type PredictionJobWorkerParts = {
  readonly data: Pick<Data, 'predictionJobs' | 'versions' | 'folders'>
  readonly decoding: Pick<DecodingQueue, 'decode'>
  readonly log: Log
}

export function predictionJobHandlers(
  start: Start,
  parts: PredictionJobWorkerParts,
): Pick<AllHandlers, 'predict' | 'predict-anonymous'> {
  const handler = predictionJobHandler(start, parts)
  return { predict: handler, 'predict-anonymous': handler }
}

function predictionJobHandler(
  { settings, places }: Start,
  { data, decoding, log }: PredictionJobWorkerParts,
): Handler<'predict' | 'predict-anonymous'> {
  const maxPixelsAnonymous = maxPixelsPublic(settings)
  const prepare: RunPredictionJobParts['prepare'] = async (bytes, { folder }, { maxPixels, signal }) => {
    if (laneOf(bytes, { maxPixels }, Infinity).isSmall) return bytes
    const { data: square, ...about } = await decoding.decode(bytes, {
      wish: { kind: 'square', folder },
      maxPixels,
      patienceMs: DECODING_PATIENCE_MS,
      signal,
    })
    const { width, height, decodeMs, queuedMs, problem } = about
    return { square, width, height, decodeMs, queuedMs, problem }
  }
  const run = createRunPredictionJob({
    data,
    dataDir: places.dataDir,
    limits: {
      maxImageBytes: settings.MAX_IMAGE_MB * 1024 ** 2,
      maxUploadBytes: settings.MAX_UPLOAD_MB * 1024 ** 2,
    },
    now: steadyClock.now,
    maxPixels: ({ kind }) => (kind === 'anonymous' ? maxPixelsAnonymous : settings.MAX_PIXELS),
    openInference: (precision) =>
      createPool({
        name: 'inference for prediction jobs',
        size: 1,
        start: startInference({
          ...inferenceSettings(settings),
          ...(precision && { precision }),
          isBackground: true,
          log,
          onLine: (line) => log('warn', line, { child: 'inference for prediction jobs' }),
        }),
        clock: steadyClock,
        log,
        changed: () => {},
      }),
    prepare,
  })
  const forget = (id: string) => data.folders.discard(folderOf(places.dataDir, id))
  return {
    async run({ predictionJobId: id }, { signal, why }) {
      try {
        const done = await run(id, signal)
        await forget(id)
        return done
      } catch (error) {
        if (why() === 'cancelled') await forget(id)
        if (isDarkroomError(error) && PASSING.has(error.code))
          throw new Error(error.message, { cause: error })
        throw error
      }
    },
    gaveUp: ({ predictionJobId: id }) => forget(id),
  }
}
