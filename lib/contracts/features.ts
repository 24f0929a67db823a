/** The properties of a classifier's images, independent of their content: brightness, contrast, size, aspect ratio, and
 *  the mean image of each class. */
import { z } from 'zod'
import { contract } from './contract.ts'
import { chosenClassifier, classifierId, time } from './fields.ts'

const bin = z.object({
  from: z.number(),
  to: z.number().nullable().describe('null: unbounded'),
  count: z.number().int(),
})

export const dataFeatures = contract({
  method: 'GET',
  path: '/api/data/features',
  scope: 'view',
  summary: 'Get brightness, contrast, size and aspect ratio of the images, and the mean image of each class',
  input: z.object({ ...chosenClassifier }),
  output: z.object({
    classifier: classifierId,
    total: z.number().int().describe('number of labelled images'),
    looked_at: z
      .number()
      .int()
      .describe(
        'of these, sampled evenly over the classes: at most 2,000, and no more than can be measured ' +
          'in 20 seconds',
      ),
    unreadable: z.number().int(),
    computed_at: time,
    brightness: z.array(bin).describe('mean luma of an image, 0 (black) to 1 (white)'),
    contrast: z
      .array(bin)
      .describe('standard deviation of its luma, 0 (uniform) to 0.5 (half black, half white)'),
    longer_side: z.array(bin).describe('pixels'),
    aspect: z.array(bin).describe('width divided by height'),
    per_class: z.array(
      z.object({
        class: z.string(),
        looked_at: z.number().int(),
        brightness: z.number().nullable(),
        contrast: z.number().nullable(),
        longer_side: z.number().nullable().describe('median'),
        aspect: z.number().nullable().describe('median'),
        mean_image: z.string().nullable().describe('data URL; mean of the images after preprocessing'),
      }),
    ),
  }),
  errors: ['not_found'],
})
