/** What a version predicts for stored labelled images, by the serving path: encoded bytes, decoded and computed
 *  in a child. evaluate.ts and compare.ts do the counting. */
import { isFileFault } from '#lib/data/images/blobs.ts'
import type { SnapshotEntry } from '#lib/data/values.ts'
import type { Version, VersionWithCard } from '#lib/data/versions/version-values.ts'
import type { InferencePrecision } from '#lib/contracts/precision.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import { DarkroomError, isDarkroomError } from '#lib/domain/errors.ts'
import { cardAt } from '#lib/ml/evaluate/reliability.ts'
import type { InferencePort } from '../ports.ts'

const AT_ONCE = 32 // images in one message

export type VersionPredictions = {
  /** One row for each entry, in their order; null when the image is missing or cannot be decoded. */
  readonly rows: readonly (Float32Array | null)[]
  /** Each image's distance from the training images; null likewise, and when the version has no references. */
  readonly distances: readonly (number | null)[]
  readonly engine: EngineName | null
  readonly precision: InferencePrecision
  readonly msPerImage: number
}

type PredictedVersion = Pick<Version, 'id' | 'folder' | 'name' | 'classifierId'>

export type PredictionPorts = {
  readonly bytesOf: (hash: string) => Promise<Uint8Array | null>
  readonly inference: InferencePort
  readonly maxPixels: number
  readonly signal: AbortSignal
}

/** A comparison continues without an image whose file is missing or damaged; that fault is recorded where the
 *  bytes are read. */
function nullForFault(error: unknown): null {
  if (isFileFault(error)) return null
  throw error
}

export async function predictSamples(
  version: PredictedVersion,
  entries: readonly SnapshotEntry[],
  { bytesOf, inference, maxPixels, signal }: PredictionPorts,
): Promise<VersionPredictions> {
  if (entries.length === 0)
    return { rows: [], distances: [], engine: null, precision: 'float32', msPerImage: 0 }
  const ref = { key: version.id, folder: version.folder }
  await inference.load(ref).catch((error: unknown) => {
    throw named(error, version)
  })
  try {
    const rows: (Float32Array | null)[] = []
    const distances: (number | null)[] = []
    let engine: EngineName | null = null
    let precision: InferencePrecision = 'float32'
    let ms = 0
    for (let first = 0; first < entries.length; first += AT_ONCE) {
      signal.throwIfAborted()
      const bytes = await Promise.all(
        entries.slice(first, first + AT_ONCE).map(({ hash }) => bytesOf(hash).catch(nullForFault)),
      )
      const there = bytes.flatMap((one) => (one ? [one] : []))
      const batch = await inference.infer(ref, there, { maxPixels, wantsFeatures: false })
      engine = batch.engine
      ms += batch.inferenceMs
      let next = 0
      for (const one of bytes) {
        const output = one ? batch.images[next++] : undefined
        if (output?.ok && output.precision) precision = output.precision
        rows.push(output?.ok ? output.logits : null)
        distances.push(output?.ok ? output.distance : null)
      }
    }
    return { rows, distances, engine, precision, msPerImage: ms / entries.length }
  } finally {
    inference.unload(ref.key)
  }
}

/** The inference process knows a version by its id alone. */
function named(error: unknown, { name, classifierId }: PredictedVersion): unknown {
  if (!isDarkroomError(error) || error.code !== 'bad_bundle') return error
  return new DarkroomError(
    'bad_bundle',
    {
      what: `The version ${name} of "${classifierId}" cannot be loaded`,
      why: error.why,
      remedy: 'Restore its files from a backup, or train a new version.',
    },
    { cause: error },
  )
}

export type ServedVersion = { readonly classes: readonly string[]; readonly card: ReturnType<typeof cardAt> }

/** With temperature and thresholds of the precision that it was computed with. */
export const asServed = (
  { classes, card }: Pick<VersionWithCard, 'classes' | 'card'>,
  { precision }: Pick<VersionPredictions, 'precision'>,
): ServedVersion => ({ classes, card: cardAt(card, precision) })
