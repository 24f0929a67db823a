/**
 * Fake ports for `predict`: one version with its card, an engine whose logits depend on the first bytes of
 * the image, and rows in a list.
 */
import type { InferredImage } from '#lib/contracts/ipc.ts'
import type { Card } from '#lib/contracts/bundle.ts'
import type { Classifier } from '#lib/domain/classifier.ts'
import type { NewPrediction } from '#lib/data/values.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import { createBatcher } from './batcher.ts'
import type { PredictionCache } from './prediction-cache.ts'
import { createPredict, type PredictOne } from './predict.ts'
import { type InferenceItem, type PoolResult } from './run-on-pool.ts'
import { fakeClock, type FakeClock } from './serving.fakes.ts'
import type { Lease, Swap } from './model-registry.ts'

export const BROKEN = 0
const CLASSES = ['cat', 'dog', 'hen']

type CardOptions = {
  temperature?: number
  threshold?: number | null
  candidateMass?: number
  familiarUpTo?: number
}

export type PredictFixture = {
  readonly predict: PredictOne
  readonly rows: NewPrediction[]
  readonly clock: FakeClock
  readonly leases: () => number
  readonly requests: string[]
  readonly swap: Pick<Swap, 'lease' | 'serving'>
}

/**
 * `calibrated`: what the version's card contains; absent for a version that was never calibrated. `keep` is
 * what the database does.
 */
export function predictFixture({
  calibrated,
  keep = async () => {},
  cache = null,
}: {
  calibrated?: CardOptions
  keep?: () => Promise<void>
  cache?: PredictionCache | null
} = {}): PredictFixture {
  const rows: NewPrediction[] = []
  const requested: string[] = []
  const clock = fakeClock()
  let open = 0
  const card = {
    classifier: 'animals',
    version: 'v3',
    calibration: calibrated
      ? { temperature: calibrated.temperature ?? 1, ece_before: 0, ece_after: 0, images: 200 }
      : null,
    decision: calibrated
      ? {
          target_error: 0.02,
          threshold: calibrated.threshold ?? null,
          share_answered: null,
          error_among_answered: null,
        }
      : null,
    ...(calibrated?.candidateMass === undefined
      ? {}
      : {
          candidates: { level: 0.95, mass: calibrated.candidateMass, images: 200, test: null, unsure: null },
        }),
    ...(calibrated?.familiarUpTo === undefined
      ? {}
      : {
          familiarity: {
            references: 10,
            neighbour: 5,
            is_centred: false,
            threshold: calibrated.familiarUpTo,
            images: 200,
            kept: null,
            foreign: null,
          },
        }),
  } as Card
  const version = {
    id: 'id-of-v3',
    classifierId: 'animals',
    name: 'v3',
    folder: '/models/animals/v3',
    classes: CLASSES,
    card,
  } as unknown as VersionWithCard
  const batcher = createBatcher<InferenceItem, PoolResult>({
    most: 8,
    capacity: 32,
    lanes: () => 1,
    keyOf: (item) => item.served.ref.key,
    clock,
    run: async (items) =>
      items.map(({ image }) => ({
        output: outputOf(image instanceof Uint8Array ? image : image.square),
        inferenceMs: 0.4,
        engine: 'onnx',
      })),
  })
  let made = 0
  const swap: Pick<Swap, 'lease' | 'serving'> = {
    serving: () => null,
    lease: async (classifierId, versionName): Promise<Lease> => {
      requested.push(`${classifierId} ${versionName ?? 'champion'}`)
      open += 1
      return {
        version,
        ref: { key: version.id, folder: version.folder },
        release: () => {
          open -= 1
        },
      }
    },
  }
  const predict = createPredict({
    batcher,
    clock,
    swap,
    data: {
      classifiers: { chosen: async (id) => ({ id: id ?? 'animals' }) as Classifier },
      predictions: {
        record: async (row) => {
          await keep()
          rows.push(row)
        },
      },
      id: () => `id-${++made}`,
    },
    today: () => new Date('2026-11-25T10:30:00.000Z'),
    mediaTypeOf: () => 'image/png',
    prepare: async ({ bytes }) => bytes,
    answered: () => {},
    cache,
  })
  return { predict, swap, rows, clock, requests: requested, leases: () => open }
}

/**
 * The first byte is the class with the largest logit, the second its lead, the third (optional) the
 * distance from the training data, in tenths; with a fourth the image is blank.
 */
function outputOf(bytes: Uint8Array): InferredImage {
  if (bytes[0] === BROKEN)
    return {
      ok: false,
      failure: {
        code: 'corrupt_image',
        summary: 'The image cannot be read',
        reason: 'it is a PNG image, but its pixels are damaged',
        action: 'Save it again.',
      },
    }
  const logits = new Float32Array(CLASSES.length)
  logits[bytes[0]! - 1] = bytes[1]!
  return {
    ok: true,
    logits,
    features: null,
    distance: bytes[2] === undefined ? null : bytes[2] / 10,
    problem: bytes[3] === undefined ? null : 'blank',
    width: 4,
    height: 3,
    decodeMs: 0.2,
  }
}

/**
 * An image of the class at this index with this lead, and optionally this many tenths away from the
 * training data.
 */
export const imageOf = (place: number, lead: number, tenths?: number): Uint8Array =>
  Uint8Array.of(place + 1, lead, ...(tenths === undefined ? [] : [tenths]))
