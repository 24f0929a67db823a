/** The classes of a classifier: how many images each has, and their changes. */
import { z } from 'zod'
import { contract } from './contract.ts'
import { className, classifierId, flag, id } from './fields.ts'
import { inTrash } from './sample-changes.ts'

const classList = z.object({
  classifier: classifierId,
  classes: z.array(
    z.object({
      class: z.string(),
      images: z.number().int().describe('labelled with this class, without those in the trash'),
      train: z.number().int(),
      validation: z.number().int(),
      test: z.number().int(),
      excluded: z.number().int(),
      is_predicted: z
        .boolean()
        .nullable()
        .describe('whether the live version predicts it; null: none is live'),
    }),
  ),
  removed: z
    .array(z.string())
    .describe('classes that were removed, and that the live version predicts until the next training run'),
})
export type ClassListAnswer = z.output<typeof classList>

export const manageClasses = contract({
  method: 'GET',
  path: '/api/classifiers/{id}/classes',
  scope: 'view',
  summary: 'List the classes of a classifier with their numbers of images',
  input: z.object({ id: classifierId }),
  output: classList,
  errors: ['not_found'],
})

export const addClass = contract({
  method: 'POST',
  path: '/api/classifiers/{id}/classes',
  scope: 'edit',
  summary: 'Add a class; it is trained as soon as it has images',
  body: 'json',
  status: 201,
  input: z.object({ id: classifierId, class: className }),
  output: classList,
  errors: ['not_found', 'conflict', 'invalid_input'],
})

export const changeClass = contract({
  method: 'PATCH',
  path: '/api/classifiers/{id}/classes',
  scope: 'edit',
  summary:
    'Rename a class, also in the predictions of existing versions; or merge its images into another class ' +
    'and remove it',
  body: 'json',
  input: z.object({
    id: classifierId,
    class: className,
    new_name: className.optional(),
    merge_into: className.optional(),
  }),
  output: classList.extend({
    change: id.describe('the change, which can be undone'),
    changed: z.number().int().describe('number of images with another class name now'),
  }),
  errors: ['not_found', 'conflict', 'already_running', 'invalid_input'],
})

export const removeClass = contract({
  method: 'DELETE',
  path: '/api/classifiers/{id}/classes',
  scope: 'edit',
  summary: 'Remove a class; its images are moved to the trash, where they can be restored for 30 days',
  input: z.object({
    id: classifierId,
    class: className,
    with_images: flag
      .default(false)
      .describe('required if the class has images; without it the response names their number'),
  }),
  output: classList.extend({
    change: id.describe('the change, which can be undone'),
    changed: z.number().int().describe('number of images moved to the trash'),
    ...inTrash,
  }),
  errors: ['not_found', 'conflict', 'already_running'],
})
