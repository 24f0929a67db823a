/** Training with one click: start, watch, cancel, resume. A run is one training; its events drive the live
 *  page. */
import { z } from 'zod'
import { RUN_STAGES } from '#lib/domain/run-stages.ts'
import { contract } from './contract.ts'
import { epochPoint } from './epoch.ts'
import { verdict } from './models.ts'
import { chosenClassifier, classifierId, engine, id, nextCursor, page, time, versionName } from './fields.ts'

export const RUN_STATES = ['queued', 'running', 'judging', 'done', 'cancelled', 'failed'] as const

export const REQUESTABLE_RECIPES = [
  'auto',
  'head',
  'transfer',
  'finetune',
  'scratch',
  'scratch-small',
  'scratch-photo',
  'scratch-digits',
] as const

export const runStage = z.object({
  name: z.enum(RUN_STAGES),
  title: z.string().describe('the name to display, such as "Computing features"'),
  done: z.number().int().describe('images, training steps or files that are done'),
  total: z.number().int().nullable().describe('null while it is not known'),
  eta_seconds: z.number().nullable().describe('until this stage ends'),
})
export type RunStageAnswer = z.output<typeof runStage>

export const run = z.object({
  id,
  classifier: classifierId,
  state: z.enum(RUN_STATES),
  recipe: z.string(),
  base_version: versionName.nullable().describe('the version whose weights it started from'),
  version: versionName.nullable().describe('the version it created'),
  version_id: id.nullable().describe('the id of that version; null before, and after it was deleted'),
  engine: engine.nullable(),
  epochs: z.number().int().describe('at most; it stops early when there is no further improvement'),
  epoch: z.number().int(),
  best_epoch: z.number().int().nullable().describe('the epoch whose weights are kept'),
  stopped_early: z
    .boolean()
    .describe('it stopped before the last of `epochs`, because there was no further improvement'),
  step: z.number().int(),
  steps: z.number().int(),
  progress: z.number().min(0).max(100).describe('of the whole run, in percent'),
  stage: runStage.nullable().describe('what a running training is doing now'),
  eta_seconds: z.number().nullable(),
  memory_mb: z.number().nullable(),
  message: z.string().describe('a summary in one sentence'),
  images: z
    .object({
      train: z.number().int(),
      validation: z.number().int(),
      test: z.number().int(),
      unseen: z.number().int(),
    })
    .nullable(),
  points: z.array(epochPoint),
  verdict: verdict.nullable(),
  is_promoted: z.boolean(),
  can_resume: z.boolean(),
  error: z.string().nullable(),
  seed: z.number().int(),
  is_automatic: z.boolean().describe('started by AUTO_RETRAIN, not by a person'),
  created_at: time,
  started_at: time.nullable(),
  ended_at: time.nullable(),
})
export type RunAnswer = z.output<typeof run>

export const retrain = contract({
  method: 'POST',
  path: '/api/retrain',
  scope: 'train',
  limited: 'retrain',
  summary: 'Train a new version from the live version on old and new images',
  body: 'json',
  status: 202,
  input: z.object({
    ...chosenClassifier,
    recipe: z
      .enum(REQUESTABLE_RECIPES)
      .default('auto')
      .describe(
        'auto: head for few images, else finetune from the live version, or scratch if there is none; ' +
          'head: only the last layer, in seconds; transfer: a pretrained network, the last layer first, ' +
          'then the upper part; finetune: the whole network of the live version; scratch: from random ' +
          "weights, with the classifier's own recipe or the given one",
      ),
    epochs: z.number().int().min(1).max(500).optional(),
    seed: z.number().int().min(0).max(2147483647).optional(),
    from: versionName.optional(),
    force: z.boolean().default(false).describe('train even without new images'),
    backbone: classifierId
      .optional()
      .describe(
        'start from this pretrained network (GET /api/backbones) instead of the one that the live version has',
      ),
  }),
  output: z.object({ success: z.literal(true), message: z.string(), run }),
  errors: [
    'already_running',
    'nothing_to_learn',
    'too_few_images',
    'too_few_classes',
    'invalid_input',
    'not_found',
  ],
})

export const forecastRetrain = contract({
  method: 'POST',
  path: '/api/retrain/forecast',
  scope: 'train',
  isReadOnly: true,
  limited: 'evaluate',
  summary: 'Forecast a training run: what it would do, its duration and memory, measured on this machine',
  body: 'json',
  input: retrain.input,
  output: z.object({
    classifier: classifierId,
    will: z
      .object({
        recipe: z.string(),
        base_version: versionName.nullable(),
        epochs: z.number().int().describe('at most'),
        images: z.object({ train: z.number().int(), validation: z.number().int(), test: z.number().int() }),
      })
      .nullable()
      .describe('null: a training run would be refused'),
    message: z
      .string()
      .describe('what the training run will do, or why it would be refused, in one sentence'),
    forecast: z
      .object({
        seconds: z.number(),
        is_most: z
          .boolean()
          .describe('it may take less: it stops early when there is no further improvement'),
        memory_mb: z.number(),
        engine,
        words: z.string().describe('human-readable, such as "up to 2 min 40 s, 210 MB"'),
      })
      .nullable(),
    why_none: z.string().nullable(),
  }),
  errors: ['not_found', 'not_ready'],
})

export const retrainStatus = contract({
  method: 'GET',
  path: '/api/retrain/status',
  scope: 'open',
  summary: 'Get whether a training run is in progress, and its progress',
  input: z.object({ ...chosenClassifier }),
  output: z.object({
    is_running: z.boolean(),
    progress: z.number(),
    message: z.string(),
    last_retrain_time: time.nullable(),
    run_id: id.nullable(),
    classifier: classifierId.nullable(),
  }),
  errors: ['not_found'],
})

export const listRuns = contract({
  method: 'GET',
  path: '/api/runs',
  scope: 'view',
  summary: 'List the training runs, newest first',
  input: z.object({ ...chosenClassifier, ...page }),
  output: z.object({ runs: z.array(run), ...nextCursor }),
  errors: ['not_found'],
})

export const getRun = contract({
  method: 'GET',
  path: '/api/runs/{id}',
  scope: 'view',
  summary: 'Get a training run with its curves',
  input: z.object({ id }),
  output: run,
  errors: ['not_found'],
})

export const runEvent = z.discriminatedUnion('kind', [
  z
    .object({ kind: z.literal('run'), seq: z.number().int(), run })
    .describe('the complete state: first, and after each change'),
  z.object({
    kind: z.literal('step'),
    seq: z.number().int(),
    epoch: z.number().int(),
    step: z.number().int(),
    steps: z.number().int(),
    loss: z.number(),
    learning_rate: z.number(),
    images_per_second: z.number(),
    eta_seconds: z.number().nullable(),
    memory_mb: z.number(),
  }),
  z.object({ kind: z.literal('epoch'), seq: z.number().int(), point: epochPoint }),
  runStage
    .extend({ kind: z.literal('stage'), seq: z.number().int() })
    .describe('a stage begins or moves on; within the stage "train", "step" says how far it is'),
  z.object({ kind: z.literal('log'), seq: z.number().int(), at: time, message: z.string() }),
])
export type RunEventAnswer = z.output<typeof runEvent>

export const runEvents = contract({
  method: 'GET',
  path: '/api/runs/{id}/events',
  scope: 'view',
  summary: 'Follow the events of a training run; resumes after `Last-Event-ID`',
  answer: 'events',
  input: z.object({ id, after: z.coerce.number().int().min(0).default(0) }),
  output: runEvent,
  errors: ['not_found'],
})

export const cancelRun = contract({
  method: 'POST',
  path: '/api/runs/{id}/cancel',
  scope: 'train',
  summary: 'Cancel a training run; it can be resumed from its last checkpoint',
  input: z.object({ id }),
  output: run,
  errors: ['not_found', 'conflict'],
})

export const resumeRun = contract({
  method: 'POST',
  path: '/api/runs/{id}/resume',
  scope: 'train',
  summary: 'Resume a cancelled or failed training run',
  status: 202,
  input: z.object({ id }),
  output: run,
  errors: ['not_found', 'conflict', 'already_running'],
})
