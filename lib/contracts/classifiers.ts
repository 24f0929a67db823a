/** Classifiers, each with its classes, its input, and its live version. */
import { z } from 'zod'
import { AUTO_PROMOTE } from '#lib/domain/evaluation/gate.ts'
import { contract } from './contract.ts'
import { inTrash } from './sample-changes.ts'
import { chosenClassifier, className, classifierId, interval, nameOf, time, versionName } from './fields.ts'

export const classifier = z.object({
  id: classifierId,
  title: z.string(),
  classes: z.array(z.string()),
  input: z.object({
    size: z.number().int(),
    channels: z.union([z.literal(1), z.literal(3)]),
    fit: z.enum(['cover', 'contain', 'stretch', 'digit']),
  }),
  recipe: z.string(),
  is_mirrorable: z.boolean(),
  has_digits: z.boolean(),
  is_shipped: z.boolean(),
  is_default: z.boolean(),
  auto_promote: z
    .enum(AUTO_PROMOTE)
    .nullable()
    .describe('evaluation result required to promote a new version of it; null: as AUTO_PROMOTE says'),
  created_at: time,
  champion: z
    .object({
      version: versionName,
      accuracy: interval.nullable(),
      test_images: z.number().int(),
      promoted_at: time,
    })
    .nullable(),
  live_version: versionName
    .nullable()
    .describe(
      'serves predictions: the promoted version, or the previous live version while the promoted one ' +
        'cannot be loaded; null if none can',
    ),
  fault: z.string().nullable().describe('why the promoted version cannot be loaded'),
  samples: z.object({
    total: z.number().int(),
    train: z.number().int(),
    validation: z.number().int(),
    test: z.number().int(),
    unseen: z.number().int().describe('labelled since the live version was trained'),
  }),
  predictions_today: z.number().int(),
  corrections_waiting: z.number().int(),
})
export type ClassifierAnswer = z.output<typeof classifier>

export const listClassifiers = contract({
  method: 'GET',
  path: '/api/classifiers',
  scope: 'open',
  summary: 'List the classifiers with their live versions',
  input: z.object({}),
  output: z.object({ classifiers: z.array(classifier) }),
})

export const getClassifier = contract({
  method: 'GET',
  path: '/api/classifiers/{id}',
  scope: 'open',
  summary: 'Get a classifier',
  input: z.object({ id: classifierId }),
  output: classifier,
  errors: ['not_found'],
})

export const createClassifier = contract({
  method: 'POST',
  path: '/api/classifiers',
  scope: 'edit',
  summary: 'Create a classifier; you can add its classes later by uploading images',
  body: 'json',
  status: 201,
  input: z.object({
    id: classifierId,
    title: nameOf(120).optional(),
    classes: z.array(className).max(1000).default([]),
    size: z.union([z.literal(28), z.literal(32), z.literal(64), z.literal(96)]).default(64),
    fit: z.enum(['cover', 'contain', 'stretch', 'digit']).default('cover'),
    is_mirrorable: z.boolean().default(true),
  }),
  output: classifier,
  errors: ['conflict', 'invalid_input'],
})

export const changeClassifier = contract({
  method: 'PATCH',
  path: '/api/classifiers/{id}',
  scope: 'edit',
  summary: 'Rename a classifier, or change the options for its next training run',
  body: 'json',
  input: z.object({
    id: classifierId,
    title: nameOf(120).optional(),
    is_mirrorable: z.boolean().optional(),
    auto_promote: z.enum(AUTO_PROMOTE).nullable().optional().describe('null restores AUTO_PROMOTE'),
  }),
  output: classifier,
  errors: ['not_found', 'invalid_input'],
})

export const deleteClassifier = contract({
  method: 'DELETE',
  path: '/api/classifiers/{id}',
  scope: 'admin',
  summary:
    'Move a classifier with its samples, predictions and versions to the trash, where it can be ' +
    'restored for 30 days; shipped classifiers cannot be deleted',
  input: z.object({ id: classifierId }),
  output: z.object({ id: classifierId, deleted: z.literal(true), ...inTrash }),
  errors: ['not_found', 'conflict'],
})

export const listClasses = contract({
  method: 'GET',
  path: '/api/classes',
  scope: 'open',
  summary: 'List the classes of a classifier, in the order of the model outputs',
  input: z.object({ ...chosenClassifier }),
  output: z.object({
    success: z.literal(true),
    classifier: classifierId,
    classes: z.array(z.string()),
    count: z.number().int(),
  }),
  errors: ['not_found'],
})
