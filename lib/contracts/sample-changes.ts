/** What can be undone: the change log of samples with undo, bulk changes, and the trash. The states
 *  are defined in lib/domain/sample-state.ts. */
import { z } from 'zod'
import { CHANGE_KINDS, CLASS_EDITS } from '#lib/domain/sample-state.ts'
import { contract } from './contract.ts'
import { sampleFilters } from './sample-filters.ts'
import { chosenClassifier, className, classifierId, flag, id, nextCursor, page, time } from './fields.ts'

/** More samples in one request are named by a filter. */
const MOST_IDS = 10_000

const split = z.enum(['train', 'validation', 'test'])

/** What to change; at least one of them. `is_trashed`: true moves to the trash, false restores. */
export const sampleEdit = {
  label: className.nullable().optional().describe('null removes the label'),
  split: split.optional(),
  is_excluded: z.boolean().optional(),
  is_trashed: z.boolean().optional(),
}

export const change = z.object({
  id,
  classifier: classifierId,
  kind: z.enum([...CHANGE_KINDS, 'undo']),
  by: z.string(),
  at: time,
  count: z.number().int().describe('number of samples changed'),
  undoes: id.nullable().describe('the change that this one undid'),
  undone_by: id.nullable(),
  class: z
    .object({
      edit: z.enum(CLASS_EDITS),
      name: z.string(),
      other: z
        .string()
        .nullable()
        .describe('its new name, or the class that its images were moved to or from; null: the trash'),
    })
    .nullable()
    .describe('the class that was renamed, removed or added; null: only samples were changed'),
})
export type ChangeAnswer = z.output<typeof change>

/** A change as it is stored. */
type ChangeRecord = Pick<ChangeAnswer, 'id' | 'kind' | 'by' | 'count'> & {
  readonly classifierId: string
  readonly at: Date
  readonly undoesId: string | null
  readonly undoneById: string | null
  readonly classEdit: Readonly<NonNullable<ChangeAnswer['class']>> | null
}

export const changeAnswer = (record: ChangeRecord): ChangeAnswer => ({
  id: record.id,
  classifier: record.classifierId,
  kind: record.kind,
  by: record.by,
  at: record.at.toISOString(),
  count: record.count,
  undoes: record.undoesId,
  undone_by: record.undoneById,
  class: record.classEdit && {
    edit: record.classEdit.edit,
    name: record.classEdit.name,
    other: record.classEdit.other,
  },
})

const state = z.object({
  label: z.string().nullable(),
  split: split.nullable(),
  excluded_at: time.nullable(),
  trashed_at: time.nullable(),
})

const changedSample = z.object({ sample_id: id, before: state, after: state })

export const inTrash = { trash_id: id.nullable(), trashed_until: time.nullable() }

/** Where an item moved to the trash is stored, and until when; null: nothing was moved. */
export const inTrashAnswer = (
  entry: { readonly id: string; readonly until: Date } | null,
): { trash_id: string | null; trashed_until: string | null } => ({
  trash_id: entry?.id ?? null,
  trashed_until: entry?.until.toISOString() ?? null,
})

export const changeSamples = contract({
  method: 'PATCH',
  path: '/api/samples',
  scope: 'edit',
  summary:
    'Change several samples, by ids or by a filter: label, split, exclude, trash, restore. ' +
    'Recorded as one change, which can be undone',
  body: 'json',
  input: z.object({
    ids: z.array(id).min(1).max(MOST_IDS).optional(),
    filter: z
      .object({
        classifier: classifierId,
        ...sampleFilters,
        is_excluded: z.boolean().optional(),
      })
      .strict()
      .optional(),
    ...sampleEdit,
  }),
  output: z.object({
    change: change.nullable(),
    changed: z.number().int(),
    unchanged: z.number().int(),
    ...inTrash,
  }),
  errors: ['not_found', 'unknown_class', 'invalid_input', 'conflict'],
})

export const listChanges = contract({
  method: 'GET',
  path: '/api/changes',
  scope: 'view',
  summary: 'List the changes to the samples and classes of a classifier, newest first',
  input: z.object({ ...chosenClassifier, ...page }),
  output: z.object({
    changes: z.array(
      change.extend({
        first: changedSample
          .nullable()
          .describe('of the first sample; all samples of a PATCH get the same label, split and state'),
      }),
    ),
    ...nextCursor,
  }),
  errors: ['not_found'],
})

export const getChange = contract({
  method: 'GET',
  path: '/api/changes/{id}',
  scope: 'view',
  summary: 'Get a change with its first 100 samples, before and after',
  input: z.object({ id }),
  output: change.extend({ samples: z.array(changedSample) }),
  errors: ['not_found'],
})

export const undoChange = contract({
  method: 'POST',
  path: '/api/changes/{id}/undo',
  scope: 'edit',
  summary: 'Undo a change of samples or of a class; this is itself a change, which can be undone',
  body: 'json',
  input: z.object({
    id,
    skip_conflicts: flag
      .default(false)
      .describe('undo the samples that have not been changed since, and skip the others'),
  }),
  output: z.object({
    change: change.nullable(),
    changed: z.number().int(),
    skipped: z.number().int(),
    ...inTrash,
  }),
  errors: ['not_found', 'conflict'],
})

export const trashEntry = z.object({
  id,
  kind: z.enum(['samples', 'upload', 'classifier', 'version']),
  classifier: classifierId,
  title: z.string(),
  samples: z
    .array(
      z.object({ id, filename: z.string().nullable(), label: z.string().nullable(), image_url: z.string() }),
    )
    .describe('the first few'),
  samples_total: z.number().int(),
  by: z.string(),
  at: time,
  until: time.describe('deleted permanently after this time'),
})
export type TrashAnswer = z.output<typeof trashEntry>

export const listTrash = contract({
  method: 'GET',
  path: '/api/trash',
  scope: 'view',
  summary: 'List the images, uploads, classifiers and versions in the trash, newest first',
  input: z.object({ ...chosenClassifier, ...page }),
  output: z.object({ entries: z.array(trashEntry), ...nextCursor }),
  errors: ['not_found'],
})

export const deleteTrash = contract({
  method: 'DELETE',
  path: '/api/trash/{id}',
  scope: 'admin',
  summary:
    'Permanently delete an item in the trash: files, thumbnails, cached pixels and features, database ' +
    'pages. Lists what still contains it',
  input: z.object({ id }),
  output: z.object({
    id,
    deleted_for_good: z.literal(true),
    kind: trashEntry.shape.kind,
    title: z.string(),
    images: z.number().int().describe('images with no remaining copy in DATA_DIR'),
    still_in_classifiers: z
      .array(classifierId)
      .describe('other classifiers that use some of the images as samples; these images are kept'),
    trained_versions: z
      .array(z.object({ classifier: classifierId, version: z.string(), until: time.nullable() }))
      .describe(
        'versions trained or tested on it, whose weights are not changed; until: set if the version is ' +
          'itself in the trash',
      ),
    backups: z
      .array(z.object({ name: z.string(), until: time.nullable(), until_backups: z.number().int() }))
      .describe('backups that still contain it, until that time or until that many newer backups exist'),
    database_purged: z
      .boolean()
      .describe(
        'false: another process was still reading old database pages; the worker clears them within minutes',
      ),
  }),
  errors: ['not_found', 'conflict'],
})

export type DeletedAnswer = z.output<typeof deleteTrash.output>

export const restoreTrash = contract({
  method: 'POST',
  path: '/api/trash/{id}/restore',
  scope: 'edit',
  summary: 'Restore an item from the trash',
  input: z.object({ id }),
  output: z.object({
    id,
    restored: z.literal(true),
    kind: trashEntry.shape.kind,
    classifier: classifierId,
    title: z.string(),
    samples: z.number().int(),
  }),
  errors: ['not_found', 'conflict'],
})
