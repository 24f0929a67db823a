/**
 * Computes the predictions of one job, in order and in batches, with the version that was live when it was sent. What
 * is done is stored every second or 128 images: after an interruption the job continues after its last stored row, so
 * that no image is repeated or left out in the results. It knows no queue, no process and no decoder.
 */
import type { InferredImage, PreparedImage, VersionRef } from '#lib/contracts/ipc.ts'
import type { Data } from '#lib/data/data.ts'
import type { PredictionJob, PredictionJobRow } from '#lib/data/predictions/prediction-job-values.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import { DarkroomError, isDarkroomError, reportedError } from '#lib/domain/errors.ts'
import type { Pool } from '../pool-parts.ts'
import { hashOf } from '../predict.ts'
import { answerOf } from '../prediction-result.ts'
import { SINGLE_IMAGE_ERRORS } from '../refusals.ts'
import { folderOf } from './job-folder.ts'
import { imagesIn, type ImageLimits, type JobImage } from './received-images.ts'

/** The cost per image is constant from about 16 on. */
const MOST_IN_BATCH = 32
/** Encoded images in memory; one image may be larger. */
const MOST_BYTES = 16 * 1024 ** 2
const STORE_EVERY_MS = 1_000
/** Predictions that are saved meanwhile wait for the transaction: with 1,000 rows their p99 was three times this. */
const STORE_EVERY_ROWS = 128

export type RunPredictionJobParts = {
  readonly data: {
    readonly predictionJobs: Pick<Data['predictionJobs'], 'find' | 'started' | 'append'>
    readonly versions: Pick<Data['versions'], 'check'>
    readonly folders: Pick<Data['folders'], 'provide'>
  }
  readonly dataDir: string
  readonly limits: ImageLimits
  readonly now: () => number
  readonly maxPixels: (owner: PredictionJob['owner']) => number
  /** Opens what computes, with the precision that the version serves with, for as long as the job runs. */
  readonly openInference: (
    precision: PredictionJob['precision'],
  ) => Pick<Pool, 'load' | 'infer'> & AsyncDisposable
  /** Decodes a large image within the memory budget; small ones are left to the engine's process. */
  readonly prepare: (
    bytes: Uint8Array,
    version: VersionRef,
    limits: { readonly maxPixels: number; readonly signal: AbortSignal },
  ) => Promise<Uint8Array | PreparedImage>
}

export const createRunPredictionJob =
  (parts: RunPredictionJobParts) =>
  async (id: string, signal: AbortSignal): Promise<{ images: number }> => {
    const { data, dataDir, limits } = parts
    const job = await data.predictionJobs.find(id)
    if (job === null) return { images: 0 } // deleted
    await data.predictionJobs.started(id)
    const version = await versionOf(job, data)
    await using inference = parts.openInference(job.precision)
    const ref = { key: version.id, folder: version.folder }
    await inference.load(ref)
    const storing = storingRows(id, job.done, parts)
    try {
      await data.folders.provide(folderOf(dataDir, id)) // it may have arrived at another host
      const images = imagesIn(folderOf(dataDir, id), { from: job.done, limits, signal })
      for await (const batch of batchesOf(images)) {
        signal.throwIfAborted()
        await storing.add(await computed(batch, { job, version, ref, inference, signal }, parts))
      }
    } finally {
      await storing.flush()
    }
    return { images: storing.count() }
  }

type Work = {
  readonly job: PredictionJob
  readonly version: VersionWithCard
  readonly ref: VersionRef
  readonly inference: Pick<Pool, 'infer'>
  readonly signal: AbortSignal
}

async function versionOf(
  job: PredictionJob,
  { versions }: RunPredictionJobParts['data'],
): Promise<VersionWithCard> {
  if (job.versionId !== null) return versions.check(job.versionId)
  throw new DarkroomError('not_found', {
    what: `The version ${job.classifierId} ${job.version} does not exist any more`,
    why: 'it was deleted after the images had been sent',
    remedy: 'Send the images again, for another version.',
  })
}

async function* batchesOf(images: AsyncIterable<JobImage>): AsyncGenerator<readonly JobImage[]> {
  let batch: JobImage[] = []
  let bytes = 0
  for await (const image of images) {
    batch.push(image)
    bytes += image.kind === 'image' ? image.bytes.byteLength : 0
    if (batch.length < MOST_IN_BATCH && bytes < MOST_BYTES) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}

/** A row for each image, in their order. */
async function computed(
  batch: readonly JobImage[],
  { job, version, ref, inference, signal }: Work,
  { prepare, maxPixels: maxPixelsOf }: RunPredictionJobParts,
): Promise<PredictionJobRow[]> {
  const maxPixels = maxPixelsOf(job.owner)
  const rows: PredictionJobRow[] = []
  const prepared: { image: Extract<JobImage, { kind: 'image' }>; input: Uint8Array | PreparedImage }[] = []
  for (const image of batch) {
    if (image.kind === 'failed') {
      rows.push(image)
      continue
    }
    try {
      if (image.bytes.byteLength === 0) throw emptyFile()
      prepared.push({ image, input: await prepare(image.bytes, ref, { maxPixels, signal }) })
    } catch (error) {
      if (!isDarkroomError(error) || signal.aborted || !SINGLE_IMAGE_ERRORS.has(error.code)) throw error
      rows.push(failedRow(image, error.code, error.message))
    }
  }
  if (prepared.length > 0) {
    const inputs = prepared.map(({ input }) => input)
    const { images, engine } = await inference.infer(ref, inputs, { maxPixels, wantsFeatures: false })
    prepared.forEach(({ image }, i) =>
      rows.push(rowOf(image, images[i]!, { engine, version, topK: job.topK })),
    )
  }
  return rows.toSorted((one, other) => one.position - other.position)
}

function rowOf(
  image: Extract<JobImage, { kind: 'image' }>,
  output: InferredImage,
  {
    engine,
    version,
    topK,
  }: { engine: Awaited<ReturnType<Pool['infer']>>['engine']; version: VersionWithCard; topK: number },
): PredictionJobRow {
  if (!output.ok) {
    const { code, message } = reportedError(output.failure)
    return failedRow(image, code, message)
  }
  if (engine === null) throw new Error('No engine processed an image')
  const {
    probabilities: _,
    familiarity: __,
    ...answer
  } = answerOf(output, version, { topK, hash: hashOf(image.bytes) })
  return {
    kind: 'predicted',
    position: image.position,
    filename: image.filename,
    prediction: {
      model_version: version.name,
      engine,
      precision: output.precision ?? 'float32',
      ...answer,
      width: output.width,
      height: output.height,
    },
  }
}

const failedRow = ({ position, filename }: JobImage, code: string, error: string): PredictionJobRow => ({
  kind: 'failed',
  position,
  filename,
  code,
  error,
})

/** Collects rows and stores them together; the transaction decides whether this process may still append. */
function storingRows(id: string, done: number, { data, now }: Pick<RunPredictionJobParts, 'data' | 'now'>) {
  let waiting: PredictionJobRow[] = []
  let storedAt = now()
  let count = done
  async function flush(): Promise<void> {
    const rows = waiting
    waiting = []
    storedAt = now()
    if (rows.length === 0) return
    if (!(await data.predictionJobs.append(id, rows))) throw gone()
    count += rows.length
  }
  return {
    flush,
    count: () => count,
    async add(rows: readonly PredictionJobRow[]): Promise<void> {
      waiting.push(...rows)
      if (waiting.length >= STORE_EVERY_ROWS || now() - storedAt >= STORE_EVERY_MS) await flush()
    },
  }
}

const emptyFile = () =>
  new DarkroomError('missing_file', {
    what: 'The file is empty',
    why: 'it has no bytes',
    remedy: 'Send the image again.',
  })

const gone = () =>
  new DarkroomError('conflict', {
    what: 'The job was stopped',
    why: 'it was deleted, or another worker continues it',
    remedy: 'Nothing needs to be done.',
  })
