/** How good a version is, how that was measured, and the images that it got wrong: for people who read no model
 *  card. */
import { z } from 'zod'
import { contract } from './contract.ts'
import { classifierId, id, interval, probability, versionName } from './fields.ts'

/** `mistakes.images` has at most so many. */
export const MOST_MISTAKES = 12

const measured = z.object({ images: z.number().int(), accuracy: interval })

export const mistake = z.object({
  sample_id: id,
  image_url: z.string(),
  filename: z.string().nullable(),
  label: z.string().describe('at the time of the training run'),
  predicted: z.string(),
  confidence: probability.describe('probability of the predicted class'),
})

export const modelResult = contract({
  method: 'GET',
  path: '/api/models/{id}/result',
  scope: 'view',
  summary: 'Get the accuracy of a version, how it was measured, and the images that it predicted wrongly',
  input: z.object({ id }),
  output: z.object({
    classifier: classifierId,
    version: versionName,
    test: measured.nullable().describe('on test images, which were never used for training'),
    cross_validation: measured
      .extend({
        balanced_accuracy: interval
          .nullable()
          .describe('mean recall, where classes are of very different size; otherwise null'),
        near_copies: z
          .number()
          .int()
          .describe('images that are not counted, because each is a near-copy of one that is'),
        mistakes: z
          .object({
            count: z.number().int(),
            images: z
              .array(mistake)
              .max(MOST_MISTAKES)
              .describe('the surest first; without images that were deleted since'),
          })
          .nullable()
          .describe('null: the predictions were not stored'),
      })
      .nullable()
      .describe('every image, predicted by a model that was trained without it; these are not test figures'),
    validation: measured
      .nullable()
      .describe('on images that also decided which epoch to keep, so it may be too high; not a test figure'),
  }),
  errors: ['not_found', 'bad_bundle'],
})
