/**
 * Gives a fresh installation the images of the classifier `shapes`, drawn by code, so that everything can
 * be tried before anything is downloaded. Runs once: images that the user removes are not drawn again.
 */
import type { Data } from '#lib/data/data.ts'
import { decodeSized } from '#lib/images/decode.ts'
import { ingestImages } from '#lib/ingest/ingest.ts'
import { openShapes, type ShapeCounts } from '#lib/ingest/readers/shapes.ts'
import type { Log } from '#lib/operations/log.ts'
import { FIRST_CLASSIFIER } from './fork-seed.ts'

export async function drawFirstImages(
  data: Data,
  {
    maxPixels,
    log,
    signal,
    counts,
  }: { maxPixels: number; log: Log; signal: AbortSignal; counts?: ShapeCounts },
): Promise<void> {
  const upload = await data.uploads.begin(FIRST_CLASSIFIER)
  // Without their pixels: near-copies are not looked for among images that are drawn differently on purpose.
  const sizeOf = async (bytes: Uint8Array) => {
    const { width, height } = await decodeSized(bytes, { maxPixels })
    return { width, height }
  }
  const { perClass } = await ingestImages(
    openShapes(counts, signal).images,
    { upload, source: 'dataset', signal },
    { ...data, sizeOf, groupImages: async () => {} },
  )
  log('info', 'The images of "shapes" have been generated', {
    images: perClass.reduce((sum, { count }) => sum + count, 0),
  })
}
