/** Predictions for many images in the background: send a ZIP archive, follow the progress, download the results. Its
 *  predictions are not part of the history. */
import { z } from 'zod'
import { contract, type FileAnswer, type Part } from './contract.ts'
import { chosenClassifier, classifierId, engine, id, nextCursor, page, time, versionName } from './fields.ts'
import { decision } from './predict.ts'
import { PRECISIONS } from './precision.ts'

export const PREDICTION_JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const

export const predictionJob = z.object({
  id,
  url: z.string().describe('the address of this job'),
  results_url: z.string().describe('the address of its results; they may be read while it runs'),
  classifier: classifierId,
  model_version: versionName.describe('the version of all its predictions, chosen when it was sent'),
  engine: engine.nullable().describe('null before it has started'),
  precision: z.enum(PRECISIONS).nullable().describe('null before it has started'),
  state: z.enum(PREDICTION_JOB_STATES),
  message: z.string().describe('a summary in one sentence'),
  progress: z.number().min(0).max(100).describe('in percent'),
  total: z.number().int().describe('images and unusable files'),
  done: z.number().int().describe('how many of them are finished, with a prediction or an error'),
  failed: z.number().int().describe('how many of these have an error'),
  per_class: z
    .array(z.object({ class: z.string(), count: z.number().int() }))
    .describe('most frequent first'),
  failures: z
    .array(z.object({ index: z.number().int(), filename: z.string(), code: z.string(), error: z.string() }))
    .describe('the first 100 errors; all are in the results'),
  top_k: z.number().int(),
  filename: z.string().nullable().describe('what was sent'),
  by: z.string().nullable().describe('who sent it; null without a login or key'),
  eta_seconds: z.number().nullable(),
  error: z.string().nullable().describe('why it failed'),
  created_at: time,
  started_at: time.nullable(),
  ended_at: time.nullable(),
  expires_at: time.nullable().describe('when it will be deleted with its results; null until it ends'),
})
export type PredictionJobAnswer = z.output<typeof predictionJob>

export const createPredictionJob = contract({
  method: 'POST',
  path: '/api/predict/jobs',
  scope: 'predict',
  limited: 'batch',
  summary: 'Predict the classes of many images, or of a ZIP archive of images, in the background',
  body: 'parts',
  status: 202,
  formFields: ['classifier', 'version', 'top_k'],
  input: z.object({
    ...chosenClassifier,
    version: versionName.optional().describe('default: the live version'),
    top_k: z.coerce.number().int().min(1).max(1000).default(5).describe('classes in each result'),
    parts: z.custom<AsyncIterable<Part>>(),
  }),
  output: z.object({ success: z.literal(true), id, url: z.string(), job: predictionJob }),
  errors: ['malformed', 'missing_file', 'invalid_input', 'too_large', 'not_found', 'not_ready', 'conflict'],
})

export const listPredictionJobs = contract({
  method: 'GET',
  path: '/api/predict/jobs',
  scope: 'predict',
  summary: 'List the prediction jobs that you sent, newest first; an admin sees all of them',
  input: z.object({ ...chosenClassifier, ...page }),
  output: z.object({ jobs: z.array(predictionJob), ...nextCursor }),
  errors: ['not_found'],
})

export const getPredictionJob = contract({
  method: 'GET',
  path: '/api/predict/jobs/{id}',
  scope: 'predict',
  summary:
    'Get a prediction job with its progress; only for the sender and admins, or if sent without a login or key',
  input: z.object({ id }),
  output: predictionJob,
  errors: ['not_found'],
})

export const predictionJobEvents = contract({
  method: 'GET',
  path: '/api/predict/jobs/{id}/events',
  scope: 'predict',
  summary: 'Follow the progress of a prediction job until it ends',
  answer: 'events',
  input: z.object({ id, after: z.coerce.number().int().min(0).optional() }),
  output: z.object({ seq: z.number().int(), job: predictionJob }),
  errors: ['not_found'],
})

/** What is stored of a prediction, and one line of the JSONL file. */
export const jobPrediction = z.object({
  model_version: versionName,
  engine,
  precision: z.enum(PRECISIONS),
  predicted_class: z.string(),
  predicted_index: z.number().int(),
  confidence: z.number(),
  top_k: z.array(z.object({ class: z.string(), index: z.number().int(), probability: z.number() })),
  decision: decision.nullable(),
  candidates: z.array(z.string()).nullable(),
  image_problem: z.enum(['blank', 'several_digits']).nullable(),
  width: z.number().int(),
  height: z.number().int(),
})
export type JobPrediction = z.output<typeof jobPrediction>

export const predictionJobResults = contract({
  method: 'GET',
  path: '/api/predict/jobs/{id}/results',
  scope: 'predict',
  summary: 'Download the results of a prediction job as CSV or JSONL, in the order of the files',
  answer: 'file',
  input: z.object({ id, format: z.enum(['csv', 'jsonl']).default('csv') }),
  output: z.custom<FileAnswer>(),
  errors: ['not_found'],
})

export const cancelPredictionJob = contract({
  method: 'POST',
  path: '/api/predict/jobs/{id}/cancel',
  scope: 'predict',
  summary: 'Cancel a prediction job; its results so far are kept',
  input: z.object({ id }),
  output: predictionJob,
  errors: ['not_found', 'conflict'],
})

export const deletePredictionJob = contract({
  method: 'DELETE',
  path: '/api/predict/jobs/{id}',
  scope: 'predict',
  summary: 'Delete a prediction job with its results; cancels it first',
  input: z.object({ id }),
  output: z.object({ success: z.literal(true), id }),
  errors: ['not_found'],
})

/** The fields that the form may have as well as the query. */
export const predictionJobForm = createPredictionJob.input
  .omit({ parts: true })
  .extend({ top_k: createPredictionJob.input.shape.top_k.removeDefault().optional() })
export type PredictionJobForm = z.output<typeof predictionJobForm>

/**
 * The file that lists the images of a job, in the order of arrival. `at` and `bytes`: where an image is in the file of
 * all images that came outside a ZIP.
 */
export const jobImages = z.object({
  format: z.literal(1),
  sources: z.array(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('zip'), file: z.string() }),
      z.object({ kind: z.literal('image'), filename: z.string(), at: z.number(), bytes: z.number() }),
      z.object({ kind: z.literal('too_large'), filename: z.string(), bytes: z.number() }),
    ]),
  ),
})
export type JobImageSource = z.output<typeof jobImages>['sources'][number]
