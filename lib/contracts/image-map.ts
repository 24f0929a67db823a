/** The map of a classifier's images: similar ones are near each other. */
import { z } from 'zod'
import { FINDING_KINDS } from '#lib/domain/findings/finding.ts'
import { contract } from './contract.ts'
import { chosenClassifier, classifierId, id, probability, time } from './fields.ts'

export const getImageMap = contract({
  method: 'GET',
  path: '/api/data/map',
  scope: 'view',
  summary: 'Get the position of each image on a map that shows similar images near each other',
  input: z.object({ ...chosenClassifier }),
  output: z.object({
    classifier: classifierId,
    computed_at: time.nullable().describe('null: not computed; it is part of the check of the images'),
    method: z
      .enum(['pca', 'umap'])
      .nullable()
      .describe('pca: two principal components, until the better map by UMAP is computed'),
    is_computing: z.boolean().describe('the images are being checked, which may replace the map'),
    images: z.number().int().describe('images of the classifier that are neither excluded nor in the trash'),
    classes: z.array(z.string()),
    points: z
      .array(
        z.object({
          id,
          x: probability,
          y: probability,
          class: z.number().int().nullable().describe('place in `classes`'),
          split: z.enum(['train', 'validation', 'test']).nullable(),
          finding: z.enum(FINDING_KINDS).nullable().describe('the most serious open one'),
        }),
      )
      .describe('at most 10,000, a sample if there are more; only images with stored features'),
  }),
  errors: ['not_found'],
})
