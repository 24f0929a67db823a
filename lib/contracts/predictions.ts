/** The history of predictions, and the corrections by users. */
import { z } from 'zod'
import { contract, type FileAnswer } from './contract.ts'
import { decision } from './predict.ts'
import {
  chosenClassifier,
  className,
  classifierId,
  flag,
  id,
  nextCursor,
  page,
  predictionEngine,
  probability,
  time,
  versionName,
} from './fields.ts'

export const storedPrediction = z.object({
  id,
  classifier: classifierId,
  model_version: versionName,
  engine: predictionEngine,
  predicted_class: z.string(),
  confidence: probability,
  probabilities: z.record(z.string(), probability),
  decision: decision.nullable(),
  filename: z.string().nullable(),
  width: z.number().int(),
  height: z.number().int(),
  timestamp: time,
  total_ms: z.number(),
  feedback: z
    .object({
      correct: z.boolean(),
      label: z.string().nullable().describe('null: none of the classes is correct'),
      sample_id: id.nullable().describe('the sample in the training data'),
      at: time,
    })
    .nullable(),
  image_url: z.string().nullable(),
})
export type StoredPredictionAnswer = z.output<typeof storedPrediction>

/** `least_certain`: the lowest confidence first; among equal ones the newest. */
const PREDICTION_SORTS = ['newest', 'least_certain'] as const

const filters = {
  class: className.optional(),
  version: versionName.optional(),
  decision: z
    .enum([...decision.options, 'none'])
    .optional()
    .describe('none: the version is not calibrated'),
  feedback: z.enum(['none', 'correct', 'wrong']).optional(),
  min_confidence: z.coerce.number().min(0).max(1).optional(),
  max_confidence: z.coerce.number().min(0).max(1).optional(),
  since: time.optional(),
  until: time.optional(),
}

export const listPredictions = contract({
  method: 'GET',
  path: '/api/predictions',
  scope: 'view',
  summary: 'List the saved predictions, newest first or least certain first',
  input: z.object({
    ...chosenClassifier,
    ...page,
    ...filters,
    sort: z.enum(PREDICTION_SORTS).optional().describe('newest by default'),
  }),
  output: z.object({ predictions: z.array(storedPrediction), total: z.number().int(), ...nextCursor }),
  errors: ['not_found'],
})

export const getPrediction = contract({
  method: 'GET',
  path: '/api/predictions/{id}',
  scope: 'view',
  summary: 'Get a saved prediction',
  input: z.object({ id }),
  output: storedPrediction,
  errors: ['not_found'],
})

export const deletePrediction = contract({
  method: 'DELETE',
  path: '/api/predictions/{id}',
  scope: 'admin',
  summary: 'Permanently delete one prediction, with its image unless a sample uses it',
  input: z.object({ id }),
  output: z.object({ id, deleted: z.literal(true) }),
  errors: ['not_found', 'database_busy', 'disk_full'],
})

export const deletePredictions = contract({
  method: 'DELETE',
  path: '/api/predictions',
  scope: 'admin',
  summary:
    'Permanently delete the predictions that match a filter, with their images unless a sample uses them',
  input: z.object({
    ...chosenClassifier,
    ...filters,
    older_than_days: z.coerce.number().min(0).max(36_500).optional(),
    all: flag.default(false).describe('required if no filter is given'),
    dry_run: flag.default(false).describe('only count the predictions'),
  }),
  output: z.object({
    count: z.number().int().describe('how many were deleted, or would be'),
    dry_run: z.boolean(),
  }),
  errors: ['not_found', 'invalid_input', 'database_busy', 'disk_full'],
})

export const predictionImage = contract({
  method: 'GET',
  path: '/api/predictions/{id}/image',
  scope: 'view',
  summary: 'Get the image of a prediction',
  answer: 'file',
  input: z.object({ id, size: z.coerce.number().int().min(16).max(1024).optional() }),
  output: z.custom<FileAnswer>(),
  errors: ['not_found'],
})

const response = {
  id: id.describe('of the prediction'),
  correct: z.boolean().nullable().describe('null removes the feedback'),
  label: className
    .nullable()
    .optional()
    .describe('the correct class of an incorrect prediction; null: none of the classes'),
  add_to_training: flag
    .optional()
    .describe('adds the image of a correct prediction to the training data; a correction is always added'),
}
const savedResponse = z.object({
  id,
  correct: z.boolean().nullable(),
  label: z.string().nullable(),
  sample_id: id.nullable(),
})

export const giveFeedback = contract({
  method: 'POST',
  path: '/api/predictions/{id}/feedback',
  scope: 'feedback',
  summary: 'Submit feedback on a prediction; a correction becomes a labelled sample',
  body: 'json',
  input: z.object(response),
  output: savedResponse,
  errors: ['not_found', 'unknown_class', 'invalid_input'],
})

export const giveFeedbackOnMany = contract({
  method: 'POST',
  path: '/api/predictions/feedback',
  scope: 'feedback',
  summary: 'Submit feedback on up to 500 predictions: all of it is saved, or nothing',
  body: 'json',
  input: z.object({ feedback: z.array(z.object(response)).min(1).max(500) }),
  output: z.object({ feedback: z.array(savedResponse) }),
  errors: ['not_found', 'unknown_class', 'invalid_input'],
})

export const statistics = contract({
  method: 'GET',
  path: '/api/statistics',
  scope: 'open',
  summary: 'Get the number of predictions per class and day, with confidence and latency',
  input: z.object({ ...chosenClassifier, days: z.coerce.number().int().min(1).max(366).default(30) }),
  output: z.object({
    classifier: classifierId.nullable(),
    total_predictions: z.number().int(),
    predictions_today: z.number().int(),
    by_class: z.array(z.object({ class: z.string(), count: z.number().int(), mean_confidence: probability })),
    by_day: z.array(
      z.object({ day: z.iso.date(), count: z.number().int(), mean_confidence: probability.nullable() }),
    ),
    confidence_histogram: z.array(z.object({ from: z.number(), to: z.number(), count: z.number().int() })),
    mean_confidence: probability.nullable(),
    latency_ms: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
    corrections: z.number().int(),
    confirmed: z.number().int(),
  }),
  errors: ['not_found'],
})
