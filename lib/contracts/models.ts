/** Versions: cards, comparison, verdict, promotion, and the live version. */
import { z } from 'zod'
import { MIN_REASON_LENGTH } from '#lib/domain/evaluation/gate.ts'
import { card, classFigures, classMean } from './bundle.ts'
import { contract, type FileAnswer } from './contract.ts'
import { PRECISIONS } from './precision.ts'
import { storedChanges } from './prediction-changes.ts'
import { inTrash } from './sample-changes.ts'
import {
  chosenClassifier,
  classifierId,
  engine,
  id,
  interval,
  nextCursor,
  page,
  time,
  versionName,
} from './fields.ts'
import { DOWNLOAD_FORMATS } from './download-formats.ts'

export const verdict = z.object({
  kind: z.enum(['first', 'better', 'not_worse', 'equal', 'worse', 'cannot_tell']),
  sentence: z
    .string()
    .describe(
      'A summary in one sentence: "Correct on 14 images that the old version got wrong, incorrect ' +
        'on 3 that it got right: +2.1 points (+0.4 to +3.8)."',
    ),
  because: z.array(z.string()),
  images: z.number().int(),
  images_needed: z.number().int().nullable(),
})
export type VerdictAnswer = z.output<typeof verdict>

export const comparison = z.object({
  classifier: classifierId,
  champion: versionName,
  challenger: versionName,
  engine,
  images: z.number().int(),
  both_right: z.number().int(),
  only_champion_right: z.number().int(),
  only_challenger_right: z.number().int(),
  both_wrong: z.number().int(),
  accuracy: z.object({ champion: interval, challenger: interval, gain: interval }),
  p_value: z.number().describe('exact McNemar test, two-sided'),
  parts: z.array(z.object({ name: z.enum(['old', 'new']), images: z.number().int(), gain: interval })),
  per_class: z.array(
    z.object({
      class: z.string(),
      images: z.number().int(),
      recall_champion: z.number(),
      recall_challenger: z.number(),
      p_value: z.number().describe('Holm-corrected'),
      is_new: z.boolean(),
    }),
  ),
  ece: z.object({ champion: z.number().nullable(), challenger: z.number().nullable() }),
  coverage: z
    .object({ champion: z.number().nullable(), challenger: z.number().nullable() })
    .optional()
    .describe('how often the prediction sets contain the true class; absent in older comparisons'),
  latency_ms: z.object({ champion: z.number(), challenger: z.number() }),
  size_bytes: z.object({ champion: z.number().int(), challenger: z.number().int() }),
  changes: storedChanges
    .optional()
    .describe('images that both predict differently; absent in older comparisons'),
  verdict,
  at: time,
})
export type ComparisonAnswer = z.output<typeof comparison>

export const version = z.object({
  id,
  classifier: classifierId,
  version: versionName,
  is_champion: z.boolean(),
  is_shipped: z.boolean(),
  was_champion: z.boolean(),
  precision: z
    .enum(PRECISIONS)
    .nullable()
    .describe(
      'numeric format of its predictions (PRECISION); null for a version that is not live or not loaded',
    ),
  precision_reason: z.string().nullable().describe('why, where there was a choice'),
  is_live: z
    .boolean()
    .describe(
      'serves predictions: the promoted version, or the previous live version while the promoted one cannot be loaded',
    ),
  fault: z.string().nullable().describe('why it cannot be loaded; null: no known fault'),
  parent: versionName.nullable(),
  run_id: id.nullable(),
  snapshot: z
    .nullable(z.object({ id, hash: z.string() }))
    .describe('its training images, where they are known'),
  recipe: z.string(),
  engine: engine.nullable(),
  accuracy: interval.nullable(),
  test_images: z.number().int(),
  parameters: z.number().int(),
  size_bytes: z.number().int(),
  classes: z.array(z.string()),
  verdict: verdict.nullable(),
  created_at: time,
  promoted_at: time.nullable(),
})
export type VersionAnswer = z.output<typeof version>

export const listModels = contract({
  method: 'GET',
  path: '/api/models',
  scope: 'view',
  summary: 'List the versions of a classifier, newest first',
  input: z.object({ ...chosenClassifier, ...page }),
  output: z.object({ models: z.array(version), ...nextCursor }),
  errors: ['not_found'],
})

export const getModel = contract({
  method: 'GET',
  path: '/api/models/{id}',
  scope: 'view',
  summary: 'Get a version with its model card',
  input: z.object({ id }),
  output: version.extend({ card }),
  errors: ['not_found', 'bad_bundle'],
})

export const compareModels = contract({
  method: 'GET',
  path: '/api/models/{id}/compare',
  scope: 'view',
  summary: 'Compare a version with another (default: the live version) on the same images',
  input: z.object({ id, with: id.optional() }),
  output: comparison,
  errors: ['not_found', 'nothing_to_learn', 'bad_bundle', 'not_ready'],
})

export const promoteModel = contract({
  method: 'POST',
  path: '/api/models/{id}/promote',
  scope: 'train',
  summary: 'Promote a version, which makes it live',
  body: 'json',
  input: z.object({
    id,
    reason: z
      .string()
      .trim()
      .min(MIN_REASON_LENGTH)
      .max(500)
      .optional()
      .describe('required if the version performs worse'),
  }),
  output: z.object({
    classifier: classifierId,
    champion: version,
    previous: versionName.nullable(),
    acknowledged: z.boolean(),
  }),
  errors: ['not_found', 'gate_refuses', 'bad_bundle', 'conflict'],
})

export const rollback = contract({
  method: 'POST',
  path: '/api/models/rollback',
  scope: 'train',
  summary: 'Roll back to the previous live version',
  body: 'json',
  input: z.object({ ...chosenClassifier }),
  output: z.object({
    classifier: classifierId,
    champion: version,
    previous: versionName.nullable(),
    acknowledged: z.boolean(),
  }),
  errors: ['not_found', 'conflict', 'bad_bundle'],
})

export const downloadModel = contract({
  method: 'GET',
  path: '/api/models/{id}/download',
  scope: 'view',
  summary:
    'Download a version: all files, or those for ONNX, TensorFlow.js, Python, the web or a model server',
  answer: 'file',
  input: z.object({ id, format: z.enum(DOWNLOAD_FORMATS).default('bundle') }),
  output: z.custom<FileAnswer>(),
  errors: ['not_found', 'bad_bundle'],
})

export const deleteModel = contract({
  method: 'DELETE',
  path: '/api/models/{id}',
  scope: 'train',
  summary: 'Move a version to the trash for 30 days; not the live version or the one to roll back to',
  input: z.object({ id }),
  output: z.object({ id, deleted: z.literal(true), ...inTrash }),
  errors: ['not_found', 'conflict'],
})

export const modelInfo = contract({
  method: 'GET',
  path: '/api/model/info',
  scope: 'open',
  summary: 'Get the architecture, size and measured accuracy of the live version',
  input: z.object({ ...chosenClassifier }),
  output: z.object({
    classifier: classifierId,
    version: versionName,
    promoted_version: versionName.describe(
      'differs from version while the promoted version cannot be loaded',
    ),
    fault: z.string().nullable().describe('why the promoted version cannot be loaded; null while it is live'),
    engine: engine.nullable(),
    architecture: z.array(
      z.object({ layer: z.string(), output_shape: z.array(z.number().int()), parameters: z.number().int() }),
    ),
    parameters: z.number().int(),
    size_bytes: z.number().int(),
    input: z.object({ size: z.number().int(), channels: z.number().int(), fit: z.string() }),
    classes: z.array(z.string()),
    accuracy: interval.nullable(),
    test_images: z.number().int(),
    card,
  }),
  errors: ['not_found', 'not_ready'],
})

export const modelUptime = contract({
  method: 'GET',
  path: '/api/model/uptime',
  scope: 'open',
  summary: 'Get the time when the live version went live',
  input: z.object({ ...chosenClassifier }),
  output: z.object({
    classifier: classifierId,
    version: versionName,
    serving_since: time,
    uptime_seconds: z.number(),
    process_uptime_seconds: z.number(),
    predictions: z.number().int(),
  }),
  errors: ['not_found', 'not_ready'],
})

export const evaluateModel = contract({
  method: 'POST',
  path: '/api/model/evaluate',
  scope: 'train',
  isReadOnly: true,
  limited: 'evaluate',
  summary:
    'Evaluate the live version on the test set with the serving engine, or report its cross-validation',
  body: 'json',
  input: z.object({ ...chosenClassifier, version: versionName.optional() }),
  output: z.object({
    classifier: classifierId,
    version: versionName,
    engine,
    images: z.number().int(),
    accuracy: interval,
    loss: z.number(),
    per_class: classFigures,
    confusion: z.array(z.array(z.number().int())).describe('rows: true class, columns: predicted class'),
    macro: classMean.describe('mean over the classes'),
    weighted: classMean.describe('mean over the images'),
    ece: z.number().nullable().describe('expected calibration error; null for fewer than 100 images'),
    promises: z
      .object({
        share_answered: z.number().nullable(),
        error_among_answered: z.number().nullable(),
        coverage: z.number().nullable(),
        mean_size: z.number().nullable(),
        share_unfamiliar: z.number().nullable(),
      })
      .describe(
        'how well the reliability figures of the model card hold: share of confident predictions and ' +
          'their errors, coverage and mean size of the prediction sets, share of unfamiliar images',
      ),
    method: z
      .string()
      .nullable()
      .describe('how a version that was trained on all its images was evaluated; null: on the test set'),
    seconds: z.number(),
  }),
  errors: ['not_found', 'nothing_to_learn', 'not_ready'],
})
