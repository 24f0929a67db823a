/** The files of a version, each with its schema: what training writes and every engine, page and person
 *  reads. Immutable once sealed.
 *  `model.json` and `weights.bin` are in the TensorFlow.js layers format; the network as data stands in its
 *  `userDefinedMetadata`. */
import { z } from 'zod'
import { epochPoint } from './epoch.ts'
import { classifierId, engine, interval, time, versionName } from './fields.ts'

export const BUNDLE_FORMAT = 'darkroom-bundle/1'
/** In each bundle. `model.onnx` and `reference.bin` (lib/ml/evaluate/familiarity.ts) are in those that were sealed with
 *  them. */
export const BUNDLE_FILES = [
  'model.json',
  'weights.bin',
  'preprocess.json',
  'classes.json',
  'card.json',
  'golden.json',
  'manifest.json',
] as const

/** How a picture becomes numbers: read alike by training, serving, evaluation, the gate and the browser. */
export const preprocess = z.object({
  size: z.number().int().min(8).max(512),
  channels: z.union([z.literal(1), z.literal(3)]),
  fit: z.enum(['cover', 'contain', 'stretch', 'digit']),
  background: z
    .tuple([z.number().int(), z.number().int(), z.number().int()])
    .describe('colour of the padding and of transparent pixels (RGB)'),
  resize: z.literal('lanczos3'),
  /** value = (byte / 255 − mean) / std, per channel */
  mean: z.array(z.number()).min(1).max(3),
  std: z.array(z.number().positive()).min(1).max(3),
})
export type Preprocess = z.output<typeof preprocess>

export const manifest = z.object({
  format: z.literal(BUNDLE_FORMAT),
  classifier: classifierId,
  version: versionName,
  files: z.record(z.string(), z.object({ sha256: z.string().length(64), bytes: z.number().int() })),
})
export type Manifest = z.output<typeof manifest>

/** Pictures that code makes, with this version's answers: an engine must give them before it may serve. */
export const golden = z.object({
  tolerance: z.number(),
  inputs: z
    .array(z.object({ name: z.string(), png: z.base64(), probabilities: z.array(z.number()) }))
    .length(16),
})
export type GoldenOutputs = z.output<typeof golden>

/** Shares of right answers to the test pictures, each disturbed on purpose in one way; `amount` is in the
 *  unit of lib/ml/evaluate/robustness. */
const robustness = z.object({
  images: z.number().int(),
  /** of the same pictures, undisturbed */
  accuracy: interval,
  disturbances: z.array(
    z.object({
      kind: z.enum(['brightness', 'blur', 'jpeg', 'noise', 'rotation']),
      levels: z.array(z.object({ amount: z.number(), accuracy: interval })),
    }),
  ),
})

const coverage = z.object({ images: z.number().int(), coverage: interval, mean_size: z.number() })

/** How far a picture may be from the training pictures and still be like them. Distances are
 *  Euclid's, of directions of features. */
const familiarity = z.object({
  /** training pictures in `reference.bin` */
  references: z.number().int(),
  /** the distance that counts is that to the so many-th nearest of them */
  neighbour: z.number().int(),
  is_centred: z.boolean(),
  /** null where the held-back pictures do not suffice */
  threshold: z.number().nullable(),
  images: z.number().int(),
  /** of the test pictures, how many are familiar; 95 % are aimed at */
  kept: interval.nullable(),
  /** Sets of pictures that show nothing it knows: how well distances tell them from the test pictures (area
   *  under the ROC curve), and how many are beyond the threshold. Null: none was shown. */
  foreign: z
    .array(
      z.object({
        name: z.string(),
        images: z.number().int(),
        auroc: z.number(),
        found: z.number().nullable(),
      }),
    )
    .nullable(),
})

/** Means over classes. */
export const classMean = z.object({ precision: z.number(), recall: z.number(), f1: z.number() })

/** What is `null` could not be measured, on too few pictures; what is absent was not measured when the
 *  version was sealed. */
export const card = z.object({
  classifier: classifierId,
  title: z.string(),
  version: versionName,
  created_at: time,
  command: z.string(),
  seed: z.number().int(),
  engine,
  precision: z.enum(['float32', 'bfloat16']),
  code_version: z.string(),
  machine: z.string(),
  duration_seconds: z.number(),
  images_per_second: z.number(),
  peak_memory_mb: z.number(),
  recipe: z.object({ name: z.string(), settings: z.record(z.string(), z.unknown()) }),
  parent: versionName.nullable(),
  data: z.object({
    name: z.string(),
    /** sha256 over the sorted lines `hash label split` of all samples used */
    snapshot: z.string(),
    train: z.number().int(),
    validation: z.number().int(),
    test: z.number().int(),
    /** how often this list of test images, by its hash, has been opened on this machine, gates included */
    test_opened: z.number().int(),
  }),
  network: z.object({
    name: z.string(),
    parameters: z.number().int(),
    flops: z.number(),
    bytes: z.number().int(),
  }),
  test: z
    .object({
      images: z.number().int(),
      accuracy: interval,
      loss: z.number(),
      macro_f1: z.number(),
      ece: z.number().nullable(),
      per_class: z.array(
        z.object({
          class: z.string(),
          images: z.number().int(),
          precision: z.number().nullable(),
          recall: z.number().nullable(),
          f1: z.number().nullable(),
        }),
      ),
      confusion: z.array(z.array(z.number().int())),
      /** each class counting alike, and each picture */
      macro: classMean.optional(),
      weighted: classMean.optional(),
      /** bins of equal mass, the least sure first */
      reliability: z
        .array(z.object({ images: z.number().int(), confidence: z.number(), right: z.number().int() }))
        .nullish(),
      /** answers that are the mean of a picture's and its mirror image's; predictions are not made this way */
      mirrored: interval.nullish(),
    })
    .nullable(),
  validation: z.object({ images: z.number().int(), accuracy: interval, loss: z.number() }).nullable(),
  calibration: z
    .object({
      temperature: z.number().positive(),
      ece_before: z.number(),
      ece_after: z.number(),
      images: z.number().int(),
      /** where the two errors were measured; on the pictures that fitted the temperature they flatter */
      measured_on: z.enum(['test', 'calibration']).optional(),
    })
    .nullable(),
  /** Calibrated confidence from which an answer is called confident; null where the images do not
   *  suffice. */
  decision: z
    .object({
      target_error: z.number(),
      threshold: z.number().nullable(),
      share_answered: z.number().nullable(),
      error_among_answered: z.number().nullable(),
      /** Where nothing may be called confident: how many validation images would be needed; null where more
       *  would not help. */
      images_needed: z.number().int().nullish(),
    })
    .nullable(),
  /** Adaptive prediction sets: classes up to this mass are candidates; `unsure` is over the test answers that
   *  are not confident alone. */
  candidates: z
    .object({
      level: z.number(),
      mass: z.number(),
      images: z.number().int(),
      test: coverage.nullable(),
      unsure: coverage.nullable(),
    })
    .nullish(),
  familiarity: familiarity.nullish(),
  robustness: robustness.nullish(),
  curves: z.array(epochPoint),
  best_epoch: z.number().int(),
  /** A sentence for each thing that a reader should know before trusting this version. */
  notes: z.array(z.string()),
})
export type Card = z.output<typeof card>

/** `models/<classifier>/classifier.json`: what a shipped classifier is, next to the folders of its versions. */
export const shippedClassifier = z.object({
  id: classifierId,
  title: z.string(),
  is_mirrorable: z.boolean(),
  has_digits: z.boolean(),
  recipe: z.string(),
  champion: versionName,
  /** Where its pictures are to be had; null where they are made by code. */
  dataset: z.object({ name: z.string(), images: z.number().int(), command: z.string() }).nullable(),
})
export type ShippedClassifier = z.output<typeof shippedClassifier>
