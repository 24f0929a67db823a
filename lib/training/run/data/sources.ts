/** The samples of a run with their encoded images: from a data set on disk, or from the images that are stored
 *  on this machine. */
import { createHash } from 'node:crypto'
import { isFileFault } from '#lib/data/images/blobs.ts'
import { splitOf } from '#lib/domain/grouping/splits.ts'
import type { PackSource } from './pack.ts'
import type { PlannedSamples } from '#lib/contracts/training-plan.ts'
import { readSamples } from '../plan.ts'

/** The signature of the readers of data sets in lib/ingest/readers. */
export type OpenDataset = (
  name: string,
  opening: {
    readonly from?: string
    readonly mirror?: string
    readonly downloads: string
    readonly signal: AbortSignal
  },
) => Promise<{
  readonly classes: readonly string[]
  readonly images: AsyncIterable<{
    readonly label: string
    readonly split: 'train' | 'test' | null
    readonly bytes: Uint8Array
  }>
}>

export async function* datasetSamples(
  plan: Extract<PlannedSamples, { kind: 'dataset' }>,
  open: OpenDataset,
  signal: AbortSignal,
): AsyncGenerator<PackSource> {
  const { from, mirror, downloads } = plan
  const { images } = await open(plan.name, {
    signal,
    downloads,
    ...(from === null ? {} : { from }),
    ...(mirror === null ? {} : { mirror }),
  })
  for await (const { label, split, bytes } of images) {
    const hash = createHash('sha256').update(bytes).digest('hex')
    yield { hash, label, split: splitOf(hash, split), bytes }
  }
}

type ImageStore = {
  readonly bytesOf: (hash: string) => Promise<Uint8Array | null>
  readonly close: () => void
}

export type SourceFault = {
  readonly hash: string
  readonly code: 'file_missing' | 'file_damaged'
  readonly reason: string
}

/** Skips images that were deleted since the run was planned, and those whose file is missing or damaged; the
 *  latter are reported to `onFault`. */
export async function* storedSamples(
  folder: string,
  images: ImageStore,
  onFault: (fault: SourceFault) => void,
): AsyncGenerator<PackSource> {
  try {
    for (const { hash, label, split } of await readSamples(folder)) {
      const bytes = await images.bytesOf(hash).catch((error: unknown) => {
        if (!isFileFault(error)) throw error
        onFault({
          hash,
          code: error.code === 'file_missing' ? error.code : 'file_damaged',
          reason: error.why,
        })
        return null
      })
      if (bytes) yield { hash, label, split, bytes }
    }
  } finally {
    images.close()
  }
}
