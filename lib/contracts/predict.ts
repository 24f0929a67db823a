/** Predictions: for one image, or many. Results differ by `decision`; a value that is not known yet
 *  is null, never invented. */
import { z } from 'zod'
import { contract, type ReceivedImage, type Part } from './contract.ts'
import {
  chosenClassifier,
  classifierId,
  flag,
  id,
  predictionEngine,
  probability,
  time,
  versionName,
} from './fields.ts'

export const decision = z.enum(['confident', 'uncertain', 'unfamiliar'])

export const prediction = z.object({
  success: z.literal(true),
  id: id.nullable().describe('null if it was not saved'),
  saved: z.boolean().describe('whether the prediction is saved in the history'),
  unsaved_reason: z
    .string()
    .nullable()
    .describe(
      'why the prediction was not saved although save was not false: the disk is nearly full or the ' +
        'database is locked; only for requests without a login or key',
    ),
  classifier: classifierId,
  model_version: versionName,
  engine: predictionEngine.describe('the engine that computed it; remote: the endpoint of INFERENCE_URL'),
  predicted_class: z.string(),
  predicted_index: z.number().int(),
  confidence: probability,
  probabilities: z.record(z.string(), probability),
  top_k: z.array(z.object({ class: z.string(), index: z.number().int(), probability })),
  decision: decision
    .nullable()
    .describe('null if there were too few validation images to measure the version'),
  candidates: z
    .array(z.string())
    .nullable()
    .describe(
      'the prediction set: possible classes, most likely first; it contains the correct class as ' +
        'often as the model card states',
    ),
  familiarity: z
    .object({ distance: z.number(), threshold: z.number().nullable() })
    .nullable()
    .describe(
      'distance to the training images, and the threshold above which an image is unfamiliar; null ' +
        'if not measured',
    ),
  image_problem: z
    .enum(['blank', 'several_digits'])
    .nullable()
    .describe(
      'why `decision` is `unfamiliar` whatever the class: `blank`: the image has no content, or no ink if the ' +
        'classifier reads digits; `several_digits`: it shows more than one digit; null: neither',
    ),
  filename: z.string().nullable(),
  width: z.number().int(),
  height: z.number().int(),
  timestamp: time,
  timing_ms: z.object({ decode: z.number(), queue: z.number(), inference: z.number(), total: z.number() }),
  cached: z
    .boolean()
    .describe(
      'the same version predicted the same image recently for the same user, key or address, and it was not ' +
        'computed again (PREDICTION_CACHE_MB)',
    ),
})
export type PredictionAnswer = z.output<typeof prediction>

export const explanation = z.object({
  method: z
    .literal('occlusion')
    .describe(
      'each patch is covered with the mean colour of the image, and the prediction is repeated ' +
        '(occlusion sensitivity, Zeiler and Fergus 2014, arXiv:1311.2901, section 4.2): it shows ' +
        'which regions this prediction of this version depends on, not why',
    ),
  rows: z.number().int().min(1),
  columns: z.number().int().min(1),
  drops: z
    .array(z.array(z.number().min(-1).max(1)))
    .describe(
      'rows × columns, from the top left: by how much the calibrated probability of ' +
        '`predicted_class` falls while this patch is covered, from −1 to 1; below 0 it rises. The ' +
        'centre of a patch is at (column + 1) / (columns + 1) from the left and (row + 1) / (rows + ' +
        '1) from the top, and its side is a quarter of the input',
    ),
  square: z.string().describe('the image after preprocessing, to which the map refers: a PNG as a data URL'),
})
export type Explanation = z.output<typeof explanation>

const explained = prediction.extend({
  explanation: explanation
    .optional()
    .describe(
      'which regions of the image the prediction depends on; present if `explain=true`, never saved ' +
        'in the history',
    ),
})
export type ExplainedAnswer = z.output<typeof explained>

const request = {
  ...chosenClassifier,
  version: versionName.optional(),
  top_k: z.coerce.number().int().min(1).max(1000).default(5),
  save: flag.default(true),
}

export const predictOne = contract({
  method: 'POST',
  path: '/api/predict',
  scope: 'predict',
  isForPhones: true,
  limited: 'predict',
  alsoLimited: (input: unknown) =>
    typeof input === 'object' && input !== null && 'explain' in input && input.explain === true
      ? 'batch'
      : null,
  summary: 'Predict the class of an image',
  body: 'image',
  input: z.object({
    ...request,
    explain: flag
      .default(false)
      .describe(
        'whether to add an occlusion heat map in `explanation`: it takes about as long as fifty ' +
          'predictions, and also counts towards the “batch” rate limit',
      ),
    image: z.custom<ReceivedImage>(),
  }),
  output: explained,
  errors: [
    'malformed',
    'missing_file',
    'not_an_image',
    'corrupt_image',
    'needs_more_memory',
    'too_large',
    'too_many_pixels',
    'not_found',
    'not_ready',
    'overloaded',
    'database_busy',
    'disk_full',
  ],
})

/** One bad image is an entry with its error, not a failed batch. */
export const failedEntry = z.object({
  success: z.literal(false),
  filename: z.string().nullable(),
  code: z.string(),
  error: z.string(),
})

export const predictBatch = contract({
  method: 'POST',
  path: '/api/predict/batch',
  scope: 'predict',
  limited: 'batch',
  summary: 'Predict the classes of several images or of a ZIP archive of images; results are in input order',
  body: 'parts',
  formFields: ['classifier', 'version'],
  input: z.object({ ...request, parts: z.custom<AsyncIterable<Part>>() }),
  output: z.object({
    success: z.literal(true),
    count: z.number().int(),
    predictions: z.array(z.union([prediction, failedEntry])),
  }),
  errors: [
    'malformed',
    'missing_file',
    'too_large',
    'not_found',
    'not_ready',
    'overloaded',
    'database_busy',
    'bad_archive',
    'disk_full',
  ],
})
