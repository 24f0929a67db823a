/**
 * The schemas of JSON columns. JSON has no NaN and no infinity: JSON.stringify stores null for both, so a measured
 * number that is null in a row is read as NaN and does not make the row unreadable.
 */
import { z } from 'zod'
import { uploadPlan } from './upload-plan.ts'
import { card, preprocess, robustness, shippedClassifier } from './bundle.ts'
import { epochPoint } from './epoch.ts'
import { comparison, verdict } from './models.ts'
import { keyScope } from './people.ts'
import { decision } from './predict.ts'
import { PREDICTION_ENGINES, SOURCES, SPLITS } from '#lib/domain/classifier.ts'
import { RUN_STAGES } from '#lib/domain/run-stages.ts'

const measured = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN)

/** A value of unknown content, such as the payload of a job, which the module that wrote it parses. */
export const storedValue = z.unknown()

export const storedNames = z.array(z.string())

/** Words of a closed list, which a row stores as text. */
export const storedSplit = z.enum(SPLITS)
export const storedSource = z.enum(SOURCES)
export const storedEngine = z.enum(PREDICTION_ENGINES)
export const storedDecision = decision

/** lib/domain/findings/surroundings.ts. */
export const storedSurroundings = z.object({
  border: z.array(z.number()).length(12),
  level: z.number(),
  contrast: z.number(),
  quantisation: z.number(),
  bytesPerPixel: z.number(),
})

/** Of a report about findings. */
export const storedReportState = z.enum(['queued', 'running', 'done', 'failed'])

/** Numbers by name. Not z.record, which drops the name "__proto__": a class may be called so. */
export const storedNumbers = z.custom<Record<string, number>>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((one) => typeof one === 'number'),
  'expected numbers by name',
)

export const storedSetting = z.string()
/** Of a host, as its processes were last measured. */
export const storedProcesses = z.array(
  z.object({ name: z.string(), pid: z.number().int(), memoryMb: z.number(), cpuPercent: z.number() }),
)

export const storedScopes = z.array(keyScope)

/** Written from a bundle that these schemas have already read: without a number that is null. */
export const storedCard = card
export const storedPreprocess = preprocess
export const storedRobustness = robustness

export const storedVerdict = verdict

export const storedOriginal = shippedClassifier.shape.dataset.unwrap()

/** A run that diverges has a loss that is not a number. */
const storedPoint = epochPoint.extend({
  loss: measured,
  val_loss: measured,
  val_accuracy: measured,
  learning_rate: measured,
  images_per_second: measured,
  seconds: measured,
})
export const storedPoints = z.array(storedPoint)

export const storedEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('run') }),
  z.object({
    kind: z.literal('step'),
    epoch: z.number(),
    step: z.number(),
    steps: z.number(),
    loss: measured,
    learningRate: measured,
    imagesPerSecond: measured,
    etaSeconds: z.number().nullable(),
    memoryMb: measured,
  }),
  z.object({ kind: z.literal('epoch'), point: storedPoint }),
  z.object({
    kind: z.literal('stage'),
    message: z.string(),
    stage: z.enum(RUN_STAGES),
    done: z.number(),
    total: z.number().nullable(),
    etaSeconds: z.number().nullable(),
  }),
  z.object({ kind: z.literal('log'), message: z.string(), at: z.string() }),
])

export const storedRunImages = z.object({
  train: z.number(),
  validation: z.number(),
  test: z.number(),
  unseen: z.number(),
})

/** Names the files of a folder in the object store (lib/data/objects/shared-folders.ts). */
export const sharedFolderIndex = z.object({
  format: z.literal(1),
  files: z.array(z.object({ name: z.string(), sha256: z.string(), bytes: z.number() })),
})
export type SharedFolderIndex = z.infer<typeof sharedFolderIndex>

export const storedFindings = z.object({
  message: z.string(),
  count: z.number(),
  files: z.number(),
  perClass: z.array(z.object({ name: z.string(), count: z.number(), isNew: z.boolean() })),
  findings: z.array(
    z.object({
      kind: z.string(),
      filename: z.string(),
      detail: z.string(),
      sampleId: z.string().nullable(),
      labels: z.array(z.string()).optional(),
    }),
  ),
  findingsTotal: z.number(),
  plan: uploadPlan.nullish(),
})

const measuredInterval = z.object({ value: measured, low: measured, high: measured })
const measuredPair = z.object({ champion: measured, challenger: measured })

/** Recall and its differences are not numbers where a class has no images. */
export const storedComparison = comparison.extend({
  accuracy: z.object({ champion: measuredInterval, challenger: measuredInterval, gain: measuredInterval }),
  p_value: measured,
  parts: z.array(comparison.shape.parts.element.extend({ gain: measuredInterval })),
  per_class: z.array(
    comparison.shape.per_class.element.extend({
      recall_champion: measured,
      recall_challenger: measured,
      p_value: measured,
    }),
  ),
  latency_ms: measuredPair,
})
