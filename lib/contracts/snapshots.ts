/** Snapshots: immutable lists of the images that versions were trained on, compared and exported. */
import { z } from 'zod'
import { contract, type FileAnswer } from './contract.ts'
import { chosenClassifier, classifierId, id, nextCursor, page, time, versionName } from './fields.ts'

const split = z
  .enum(['train', 'validation', 'test'])
  .nullable()
  .describe('null: used for training, and evaluated by cross-validation')

export const snapshot = z.object({
  id,
  classifier: classifierId,
  hash: z.string().describe('the same images with the same labels, splits and groups have the same hash'),
  images: z.number().int(),
  train: z.number().int(),
  validation: z.number().int(),
  test: z.number().int(),
  versions: z.array(versionName).describe('versions that were trained on it'),
  created_at: time,
})
export type SnapshotAnswer = z.output<typeof snapshot>

export const listSnapshots = contract({
  method: 'GET',
  path: '/api/snapshots',
  scope: 'view',
  summary: 'List the snapshots of a classifier, newest first',
  input: z.object({ ...chosenClassifier, ...page }),
  output: z.object({ snapshots: z.array(snapshot), ...nextCursor }),
  errors: ['not_found'],
})

export const createSnapshot = contract({
  method: 'POST',
  path: '/api/snapshots',
  scope: 'edit',
  summary: 'Create a snapshot of the images of a classifier as they are now',
  body: 'json',
  status: 201,
  input: z.object({
    ...chosenClassifier,
    evaluation: z
      .enum(['splits', 'folds'])
      .default('splits')
      .describe('`folds`: for cross-validation, where only a test set that a user chose is kept apart'),
  }),
  output: snapshot,
  errors: ['not_found', 'nothing_to_learn'],
})

const placed = z.object({ label: z.string(), split })
export const SNAPSHOT_CHANGES = ['added', 'removed', 'relabelled', 'moved'] as const

export const compareSnapshots = contract({
  method: 'GET',
  path: '/api/snapshots/{id}/compare',
  scope: 'view',
  summary: 'List what changed from one snapshot to this one: images added, removed, relabelled or moved',
  input: z.object({
    id,
    with: id.describe('the earlier snapshot'),
    kind: z.enum(SNAPSHOT_CHANGES).optional(),
    ...page,
    cursor: z
      .string()
      .regex(/^\d{1,9}$/, 'must be a cursor of the previous page')
      .optional(),
  }),
  output: z.object({
    classifier: classifierId,
    before: snapshot,
    after: snapshot,
    counts: z.object({
      added: z.number().int(),
      removed: z.number().int(),
      relabelled: z.number().int(),
      moved: z
        .number()
        .int()
        .describe('moved to another set; an image that also has another label counts as relabelled'),
      unchanged: z.number().int(),
    }),
    changes: z.array(
      z.object({
        kind: z.enum(SNAPSHOT_CHANGES),
        hash: z.string(),
        before: placed.nullable(),
        after: placed.nullable(),
        sample_id: id.nullable().describe('null if the image was deleted'),
      }),
    ),
    ...nextCursor,
  }),
  errors: ['not_found', 'invalid_input'],
})

export const exportSnapshot = contract({
  method: 'GET',
  path: '/api/snapshots/{id}/export',
  scope: 'edit',
  summary:
    'Download a snapshot as a ZIP archive of class folders that POST /api/upload, Keras, torchvision and ' +
    'Hugging Face datasets can read',
  answer: 'file',
  input: z.object({ id }),
  output: z.custom<FileAnswer>(),
  errors: ['not_found'],
})
