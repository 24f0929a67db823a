/** How good a version is, how that was measured, and the images that it got wrong: for people who read no model
 *  card. */
import { z } from 'zod'
import { contract } from './contract.ts'
import {
  className,
  classifierId,
  id,
  interval,
  nextCursor,
  page,
  probability,
  versionName,
} from './fields.ts'

/** `mistakes.images` has at most so many. */
export const MOST_MISTAKES = 12

const measured = z.object({ images: z.number().int(), accuracy: interval })

export const evaluatedImage = z.object({
  sample_id: id,
  image_url: z.string(),
  filename: z.string().nullable(),
  label: z.string().describe('at the time of the training run'),
  predicted: z.string(),
  confidence: probability.describe('probability of the predicted class'),
})

const mistakes = z.object({
  count: z.number().int(),
  images: z
    .array(evaluatedImage)
    .max(MOST_MISTAKES)
    .describe('most confident first; images that have been deleted since are left out'),
})

const evaluationSource = z.enum(['test', 'cross_validation'])
export type EvaluationSource = z.output<typeof evaluationSource>

export const modelResult = contract({
  method: 'GET',
  path: '/api/models/{id}/result',
  scope: 'view',
  summary: 'Get the accuracy of a version, how it was measured, and the images that it predicted wrongly',
  input: z.object({ id }),
  output: z.object({
    classifier: classifierId,
    version: versionName,
    test: measured
      .extend({ mistakes: mistakes.nullable().describe('null: the predictions were not stored') })
      .nullable()
      .describe('on test images, which were never used for training'),
    cross_validation: measured
      .extend({
        balanced_accuracy: interval
          .nullable()
          .describe('mean recall, where classes are of very different size; otherwise null'),
        near_copies: z
          .number()
          .int()
          .describe('images that are not counted, because each is a near-copy of one that is'),
        mistakes: mistakes.nullable().describe('null: the predictions were not stored'),
      })
      .nullable()
      .describe('every image, predicted by a model that was trained without it; these are not test figures'),
    confident: z
      .object({
        share: probability.describe('of the evaluated predictions; 0: none counts as confident'),
        error: probability.nullable().describe('incorrect ones among these; null: there are none'),
        more_images: z
          .number()
          .int()
          .nullable()
          .describe(
            'more images that may be enough if none counts as confident; null: more alone would not help',
          ),
      })
      .nullable()
      .describe('how many predictions count as confident; null: not measured'),
    validation: measured
      .nullable()
      .describe('on images that also decided which epoch to keep, so it may be too high; not a test figure'),
  }),
  errors: ['not_found', 'bad_bundle'],
})

export const evaluatedImages = contract({
  method: 'GET',
  path: '/api/models/{id}/images',
  scope: 'view',
  summary: 'List the images that a version was evaluated on, with what it predicted',
  input: z.object({
    id,
    label: className.optional().describe('only images with this label'),
    predicted: className.optional().describe('only images predicted as this class'),
    outcome: z.enum(['all', 'correct', 'incorrect']).default('all'),
    source: evaluationSource
      .optional()
      .describe('the images of which evaluation (default: the test images where there are some)'),
    ...page,
  }),
  output: z.object({
    classifier: classifierId,
    version: versionName,
    source: evaluationSource
      .nullable()
      .describe('null: the predictions of single images were not stored with this version'),
    total: z.number().int().describe('with those that were deleted since'),
    deleted: z.number().int().describe('how many of them were deleted since, and are not listed'),
    images: z.array(evaluatedImage).describe('most confident first'),
    ...nextCursor,
  }),
  errors: ['not_found', 'bad_bundle', 'invalid_input'],
})
