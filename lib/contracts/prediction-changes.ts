/** What would change if one version replaced another: the images that they predict differently. */
import { z } from 'zod'
import { contract } from './contract.ts'
import { classifierId, id, probability, versionName } from './fields.ts'

/** So many are stored with a comparison, and listed. */
export const MOST_CHANGES = 200

/** As stored with a comparison. */
export const storedChanges = z.object({
  count: z.number().int(),
  corrected: z.number().int().describe('wrong before, right after'),
  spoiled: z.number().int().describe('right before, wrong after'),
  images: z
    .array(
      z.object({
        hash: z.string(),
        label: z.string(),
        before: z.string(),
        after: z.string(),
        confidence: probability.describe('of the prediction after'),
      }),
    )
    .max(MOST_CHANGES),
})
export type PredictionChanges = z.output<typeof storedChanges>

export const modelChanges = contract({
  method: 'GET',
  path: '/api/models/{id}/changes',
  scope: 'view',
  summary: 'List the images that a version predicts differently from another (default: the live version)',
  input: z.object({ id, with: id.optional() }),
  output: z.object({
    classifier: classifierId,
    version: versionName,
    compared_with: versionName,
    images: z
      .number()
      .int()
      .describe(
        'images that both versions predicted; no prediction comes from layers that were trained on the image',
      ),
    count: z.number().int().describe('how many of these are predicted differently'),
    corrected: storedChanges.shape.corrected,
    spoiled: storedChanges.shape.spoiled,
    changes: z
      .array(
        z.object({
          sample_id: id,
          image_url: z.string(),
          filename: z.string().nullable(),
          label: z.string().describe('at the time of the comparison'),
          before: z.string(),
          after: z.string(),
          confidence: probability.describe('of the prediction after'),
        }),
      )
      .max(MOST_CHANGES)
      .describe(
        'those that were right before and are wrong after come first, then by confidence; images that were deleted ' +
          'since are left out',
      ),
  }),
  errors: ['not_found', 'nothing_to_learn', 'bad_bundle', 'not_ready', 'invalid_input'],
})
