/** The worker's side of findings: what is wrong with the images of a classifier, with the figures of images by
 *  lib/ingest and those of a version by lib/training. */
import type { Data } from '#lib/data/data.ts'
import { isDarkroomError, messageOf } from '#lib/domain/errors.ts'
import { checkImages, type CheckedSample, type CheckPorts } from '#lib/ingest/check-images.ts'
import type { Handler } from '#lib/jobs/queue.ts'
import type { BackgroundTurn } from '#lib/training/job/one-at-a-time.ts'
import { learnedFigures } from '#lib/training/findings/learned-figures.ts'
import { imageMapOf } from '#lib/training/findings/image-map.ts'
import { learningCurveOf } from '#lib/training/findings/learning-curve.ts'
import { findingsRequest, type RequestLog } from '../compose/findings-requests.ts'

type FindingsJobParts = {
  readonly data: Data
  readonly dataDir: string
  readonly sizeOf: CheckPorts['sizeOf']
  readonly turn: BackgroundTurn
  readonly log: RequestLog
}

/** A training run, for which a person waits, does not share the cores with it. */
export function findingsHandler(parts: FindingsJobParts): Handler<'findings'> {
  const { data, dataDir, sizeOf, turn } = parts
  return {
    run: ({ classifierId }, { signal, why }) => {
      const ports: CheckPorts = {
        ...data,
        sizeOf,
        learned: (id, samples, stop) => learnedFigures(id, samples, { data, dataDir, signal: stop }),
      }
      return turn
        .whenIdle(signal, async (stop) => {
          const { findings, samples } = await checkImages(classifierId, ports, stop)
          await computeCharts(classifierId, samples, { ...parts, signal: stop })
          return { findings, images: samples.length }
        })
        .catch(async (error: unknown) => {
          if (why() === 'cancelled') await data.findings.stopped(classifierId)
          // a deleted classifier has no report any more
          if (isDeleted(error)) return { findings: 0, images: 0 }
          throw error
        })
    },
    gaveUp: ({ classifierId }, { message }) => data.findings.fail(classifierId, message),
  }
}

type ChartParts = Pick<FindingsJobParts, 'data' | 'dataDir' | 'log'> & { readonly signal: AbortSignal }

/** Curve and map, each once for the same images and features. One that fails is logged: the report is complete
 *  without it, and the next check tries again. */
async function computeCharts(
  classifierId: string,
  images: readonly CheckedSample[],
  parts: ChartParts,
): Promise<void> {
  for (const [chart, compute] of [
    ['learning curve', computeLearningCurve],
    ['image map', computeMap],
  ] as const)
    try {
      await compute(classifierId, images, parts)
    } catch (error) {
      if (parts.signal.aborted || isDeleted(error)) throw error
      parts.log('warn', `The ${chart} could not be computed`, { classifierId, error: messageOf(error) })
    }
}

const isDeleted = (error: unknown): boolean => isDarkroomError(error) && error.code === 'not_found'

async function computeLearningCurve(
  classifierId: string,
  images: readonly CheckedSample[],
  { data, dataDir, signal }: ChartParts,
): Promise<void> {
  const known = await data.learningCurves.of(classifierId)
  const curve = await learningCurveOf(classifierId, { images, known }, { data, dataDir, signal })
  if (curve !== known) await data.learningCurves.keep(classifierId, curve)
}

async function computeMap(
  classifierId: string,
  images: readonly CheckedSample[],
  { data, dataDir, signal }: ChartParts,
): Promise<void> {
  const known = await data.imageMaps.of(classifierId)
  for await (const map of imageMapOf(classifierId, { images, known }, { data, dataDir, signal }))
    await data.imageMaps.keep(classifierId, map)
}

/** A training run whose classifier is checked afterwards: suspected mislabels and outliers need its version. */
export const followedByFindings = (
  train: Handler<'train'>,
  data: Pick<Data, 'runs' | 'findings'>,
  log: RequestLog,
): Handler<'train'> => ({
  ...train,
  async run(payload, job) {
    const result = await train.run(payload, job)
    findingsRequest(data, log)((await data.runs.get(payload.runId)).classifierId)
    return result
  },
})
