/** What a version answers to labelled images that are kept here, by the serving path: encoded bytes,
 *  decoded and computed in a child. It counts nothing; evaluate.ts and compare.ts do. */
import { isFileFault } from '#lib/data/blobs.ts'
import type { SnapshotEntry } from '#lib/data/values.ts'
import type { Version } from '#lib/data/version-values.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import type { InferencePort } from '../ports.ts'

const AT_ONCE = 32 // images in one message

export type VersionPredictions = {
  /** One row for each entry, in their order; null where the image is gone or cannot be decoded. */
  readonly rows: readonly (Float32Array | null)[]
  /** How far each is from the training images; null likewise, and where the version knows none. */
  readonly distances: readonly (number | null)[]
  readonly engine: EngineName | null
  readonly msPerImage: number
}

export type PredictionPorts = {
  readonly bytesOf: (hash: string) => Promise<Uint8Array | null>
  readonly answering: InferencePort
  readonly maxPixels: number
  readonly signal: AbortSignal
}

/** A comparison goes on without an image whose file is missing or damaged; that fault is noted where the
 *  bytes are read. */
function nullForFault(error: unknown): null {
  if (isFileFault(error)) return null
  throw error
}

export async function predictSamples(
  version: Pick<Version, 'id' | 'folder'>,
  entries: readonly SnapshotEntry[],
  { bytesOf, answering, maxPixels, signal }: PredictionPorts,
): Promise<VersionPredictions> {
  const ref = { key: version.id, folder: version.folder }
  await answering.load(ref)
  try {
    const rows: (Float32Array | null)[] = []
    const distances: (number | null)[] = []
    let engine: EngineName | null = null
    let ms = 0
    for (let first = 0; first < entries.length; first += AT_ONCE) {
      signal.throwIfAborted()
      const bytes = await Promise.all(
        entries.slice(first, first + AT_ONCE).map(({ hash }) => bytesOf(hash).catch(nullForFault)),
      )
      const there = bytes.flatMap((one) => (one ? [one] : []))
      const answered = await answering.infer(ref, there, { maxPixels, wantsFeatures: false })
      engine = answered.engine
      ms += answered.inferenceMs
      let next = 0
      for (const one of bytes) {
        const picture = one ? answered.pictures[next++] : undefined
        rows.push(picture?.ok ? picture.logits : null)
        distances.push(picture?.ok ? picture.distance : null)
      }
    }
    return { rows, distances, engine, msPerImage: entries.length === 0 ? 0 : ms / entries.length }
  } finally {
    answering.unload(ref.key)
  }
}
