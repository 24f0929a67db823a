/** Composes uploads, class and image edits for a process that answers requests. It is imported with the first such
 *  request: a process that predicts receives none. */
import path from 'node:path'
import type { Darkroom } from '#lib/http/context.ts'
import { createClassEdits } from '#lib/ingest/edit-classes.ts'
import { createClassifierEdits } from '#lib/ingest/edit-classifiers.ts'
import { createSampleEdits } from '#lib/ingest/edit-samples.ts'
import { createFeatures } from '#lib/ingest/image-statistics.ts'
import { createPhoneImages } from '#lib/ingest/phone-images.ts'
import { createIngest } from '#lib/ingest/upload.ts'
import type { Log } from '#lib/operations/log.ts'
import { isSmall } from '#lib/operations/memory-limits.ts'
import type { OpenData } from '#lib/queries/open-data.ts'
import {
  findingsCancellation,
  findingsCheck,
  findingsDismissal,
  findingsRequest,
} from './findings-requests.ts'
import { composeGrouping, SMALL_PIXELS } from '../forks/fork-grouping.ts'
import type { ImageReader } from './image-reading.ts'
import type { Start } from '../settings.ts'

export type IngestModule = AsyncDisposable & { readonly cases: Darkroom['ingest'] }

type IngestModuleParts = {
  readonly data: OpenData
  readonly reading: ImageReader
  readonly limits: { readonly maxImageBytes: number; readonly maxUploadBytes: number }
  readonly log: Log
}

export function composeIngest(
  { settings, places }: Start,
  { data, reading, limits, log }: IngestModuleParts,
): IngestModule {
  const sizeOf = (bytes: Uint8Array) => reading.raster(bytes, SMALL_PIXELS)
  const ingest = createIngest({
    ...data,
    sizeOf,
    groupImages: composeGrouping(data, { sizeOf, log }),
    // Where memory is small there is none for a training process that only prepares: 527 MB instead of 512 (2026-11).
    onAdded(classifierId) {
      findingsRequest(data, log)(classifierId)
      if (isSmall(settings)) return
      data.jobs
        .enqueue('features', { classifierId }, Date.now())
        .catch((error: unknown) => log('warn', 'Features could not be requested', { classifierId, error }))
    },
    folder: places.scratchDir,
    limits,
    log,
  })
  return {
    cases: {
      ...ingest,
      ...createPhoneImages({ upload: ingest.upload, phoneLinks: data.phoneLinks }),
      ...createClassEdits(data),
      ...createClassifierEdits(data),
      ...createSampleEdits(data),
      dataFeatures: createFeatures({
        data,
        folder: path.join(places.dataDir, 'cache', 'features'),
        read: reading.raster,
        now: () => new Date(),
      }),
      checkFindings: findingsCheck(data),
      cancelFindings: findingsCancellation(data),
      dismissFindings: findingsDismissal(data),
    },
    [Symbol.asyncDispose]: () => ingest[Symbol.asyncDispose](),
  }
}
