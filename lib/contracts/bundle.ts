/** The files of a version, each with its schema: training writes them; engines, pages and users
 *  read them. Immutable once saved.
 *  In format 1, `model.json` and `weights.bin` are in the TensorFlow.js layers format; the network as data is in its
 *  `userDefinedMetadata`. In format 2 it is in `network.json`. */
import { z } from 'zod'
import { epochPoint } from './epoch.ts'
import { classifierId, engine, interval, time, versionName } from './fields.ts'
import { int8Figures } from './int8.ts'

/** 2: the features come from an ONNX file of another program (docs/decisions/0028). */
export const BUNDLE_FORMATS = ['darkroom-bundle/1', 'darkroom-bundle/2'] as const
export type BundleFormat = (typeof BUNDLE_FORMATS)[number]

const IN_EVERY_BUNDLE = [
  'weights.bin',
  'preprocess.json',
  'classes.json',
  'card.json',
  'golden.json',
  'manifest.json',
] as const
/** In each bundle. `reference.bin` (lib/ml/evaluate/familiarity.ts), `int8.json` (int8.ts), and `model.onnx` in format
 *  1, are in those that were saved with them. */
export const BUNDLE_FILES: Readonly<Record<BundleFormat, readonly string[]>> = {
  'darkroom-bundle/1': ['model.json', ...IN_EVERY_BUNDLE],
  'darkroom-bundle/2': ['network.json', 'backbone.onnx', 'model.onnx', ...IN_EVERY_BUNDLE],
}

/** How an image becomes numbers: the same for training, serving, evaluation, the gate and the browser. */
export const preprocess = z.object({
  size: z.number().int().min(8).max(512),
  channels: z.union([z.literal(1), z.literal(3)]),
  fit: z.enum(['cover', 'contain', 'stretch', 'digit']),
  background: z
    .tuple([z.number().int(), z.number().int(), z.number().int()])
    .describe('colour of the padding and of transparent pixels (RGB)'),
  resize: z.literal('lanczos3'),
  ink: z
    .enum(['border', 'local'])
    .optional()
    .describe(
      'how `fit: digit` separates ink from its background: by the border of the image, or by the background ' +
        'around each stroke; absent: `border`',
    ),
  /** value = (byte / 255 − mean) / std, per channel */
  mean: z.array(z.number()).min(1).max(3),
  std: z.array(z.number().positive()).min(1).max(3),
})
export type Preprocess = z.output<typeof preprocess>

export const manifest = z.object({
  format: z.enum(BUNDLE_FORMATS),
  classifier: classifierId,
  version: versionName,
  files: z.record(z.string(), z.object({ sha256: z.string().length(64), bytes: z.number().int() })),
})
export type Manifest = z.output<typeof manifest>

/** Synthetic images with this version's outputs: an engine must reproduce them before it may serve. */
export const golden = z.object({
  tolerance: z.number(),
  inputs: z
    .array(z.object({ name: z.string(), png: z.base64(), probabilities: z.array(z.number()) }))
    .length(16),
})
export type GoldenOutputs = z.output<typeof golden>

/** Accuracies on test images with one kind of disturbance each; `amount` is in the
 *  unit of lib/ml/evaluate/robustness. */
export const robustness = z.object({
  images: z.number().int(),
  /** of the same images, undisturbed */
  accuracy: interval,
  disturbances: z.array(
    z.object({
      kind: z.enum(['brightness', 'blur', 'jpeg', 'noise', 'rotation']),
      levels: z.array(z.object({ amount: z.number(), accuracy: interval })),
    }),
  ),
  /** `folds`: training images, each answered by a last layer that was trained without it; absent: test images */
  measured_on: z.enum(['test', 'folds']).optional(),
})
export type Robustness = z.output<typeof robustness>

const coverage = z.object({ images: z.number().int(), coverage: interval, mean_size: z.number() })

/** How far an image may be from the training images and still be familiar. Distances are
 *  Euclidean, between unit feature vectors. */
const familiarity = z.object({
  /** training images in `reference.bin` */
  references: z.number().int(),
  /** the rank of the neighbour whose distance counts */
  neighbour: z.number().int(),
  is_centred: z.boolean(),
  /** null when there are too few validation images */
  threshold: z.number().nullable(),
  images: z.number().int(),
  /** the share of test images that are familiar; the target is 95 % */
  kept: interval.nullable(),
  /** Sets of images that belong to none of its classes: how well distances separate them from the test images (area
   *  under the ROC curve), and how many are beyond the threshold. Null: no such set was given. */
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

export const classFigures = z.array(
  z.object({
    class: z.string(),
    images: z.number().int(),
    precision: z.number().nullable(),
    recall: z.number().nullable(),
    f1: z.number().nullable(),
  }),
)

/** Figures of a last layer that was trained on all images, from answers to each image by layers that were trained
 *  without its group (cross-validation by groups). These are not test figures. */
const foldFigures = z.object({
  /** images that were trained on */
  trained: z.number().int(),
  /** independent ones that were answered: the first of each group of near-copies */
  images: z.number().int(),
  near_copies: z.number().int(),
  folds: z.number().int(),
  rounds: z.number().int(),
  accuracy: interval,
  /** mean recall, where classes are of very different size */
  balanced_accuracy: interval.nullable(),
  loss: z.number(),
  macro_f1: z.number(),
  macro: classMean,
  weighted: classMean,
  ece: z.number().nullable(),
  per_class: classFigures,
  confusion: z.array(z.array(z.number().int())),
  reliability: z
    .array(z.object({ images: z.number().int(), confidence: z.number(), right: z.number().int() }))
    .nullable(),
  /** of the regularisation */
  strength: z.number(),
  /** how the figures were obtained, in a sentence */
  method: z.string(),
  /** images whose label the answers contradict most, the surest first */
  suspects: z.array(
    z.object({ hash: z.string(), label: z.string(), answer: z.string(), probability: z.number() }),
  ),
})

/** A field that is `null` could not be measured, with too few images; one that is absent was not measured when the
 *  version was saved. */
const float32Card = z.object({
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
    /** how often this list of test images, by its hash, has been used on this machine, comparisons included */
    test_opened: z.number().int(),
  }),
  network: z.object({
    name: z.string(),
    parameters: z.number().int(),
    flops: z.number(),
    bytes: z.number().int(),
    /** its layers but the last are an ONNX file: they are never trained, and TensorFlow.js cannot load it */
    is_onnx: z.literal(true).optional(),
  }),
  test: z
    .object({
      images: z.number().int(),
      accuracy: interval,
      loss: z.number(),
      macro_f1: z.number(),
      ece: z.number().nullable(),
      per_class: classFigures,
      confusion: z.array(z.array(z.number().int())),
      /** the mean with each class weighted equally, and with each image weighted equally */
      macro: classMean.optional(),
      weighted: classMean.optional(),
      /** bins of equal mass, the least confident first */
      reliability: z
        .array(z.object({ images: z.number().int(), confidence: z.number(), right: z.number().int() }))
        .nullish(),
      /** predictions averaged over an image and its mirror image; served predictions are not made this way */
      mirrored: interval.nullish(),
      /** Where some test images are near-copies of training images: how many, and the accuracy on the others. */
      near_copies: z
        .object({ images: z.number().int(), others: z.number().int(), accuracy: interval.nullable() })
        .nullish(),
    })
    .nullable(),
  validation: z.object({ images: z.number().int(), accuracy: interval, loss: z.number() }).nullable(),
  folds: foldFigures.nullish(),
  calibration: z
    .object({
      temperature: z.number().positive(),
      ece_before: z.number(),
      ece_after: z.number(),
      images: z.number().int(),
      /** where the two errors were measured; on the images that fitted the temperature they are too optimistic */
      measured_on: z.enum(['test', 'calibration', 'folds']).optional(),
    })
    .nullable(),
  /** What set the thresholds of decision, candidates and familiarity; absent: the calibrating half of the validation
   *  images, or the folds. `test_folds`: the test images, each judged by thresholds that were set without its fold. */
  thresholds_from: z.enum(['test_folds']).optional(),
  /** Calibrated confidence from which a prediction is called confident; null when there are too few
   *  images. */
  decision: z
    .object({
      target_error: z.number(),
      threshold: z.number().nullable(),
      share_answered: z.number().nullable(),
      error_among_answered: z.number().nullable(),
      /** When no prediction may be called confident: how many validation images would be needed; null when more
       *  would not help. */
      images_needed: z.number().int().nullish(),
    })
    .nullable(),
  /** Adaptive prediction sets: classes up to this mass are candidates; `unsure` covers the test predictions that
   *  are not confident. */
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
  /** A sentence for each limitation that users of this version should know. */
  notes: z.array(z.string()),
})
export const card = float32Card.extend({
  /** With 8-bit numbers; absent: it was sealed before they were measured. */
  int8: float32Card
    .pick({ calibration: true, thresholds_from: true, decision: true, candidates: true, familiarity: true })
    .extend(int8Figures)
    .nullish(),
})
export type Card = z.output<typeof card>

/** `models/<classifier>/classifier.json`: a shipped classifier, next to the folders of its versions. */
export const shippedClassifier = z.object({
  id: classifierId,
  title: z.string(),
  is_mirrorable: z.boolean(),
  has_digits: z.boolean(),
  recipe: z.string(),
  champion: versionName,
  /** Where its images are available; null when they are made by code. */
  dataset: z.object({ name: z.string(), images: z.number().int(), command: z.string() }).nullable(),
})
export type ShippedClassifier = z.output<typeof shippedClassifier>
