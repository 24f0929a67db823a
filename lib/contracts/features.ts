/** What a classifier's pictures are like as pictures, whatever they show: light, contrast, size, form, and
 *  the mean picture of each class. */
import { z } from 'zod'
import { contract } from './contract.ts'
import { chosenClassifier, classifierId, time } from './words.ts'

const bin = z.object({
  from: z.number(),
  to: z.number().nullable().describe('null: without end'),
  count: z.number().int(),
})

export const dataFeatures = contract({
  method: 'GET',
  path: '/api/data/features',
  scope: 'view',
  summary: 'Brightness, contrast, size and form of the pictures, and the mean picture of each class',
  input: z.object({ ...chosenClassifier }),
  output: z.object({
    classifier: classifierId,
    total: z.number().int().describe('labelled pictures that there are'),
    looked_at: z
      .number()
      .int()
      .describe('of these, evenly over the classes: at most 2,000, and what 20 seconds suffice for'),
    unreadable: z.number().int(),
    computed_at: time,
    brightness: z.array(bin).describe('mean luma of a picture, 0 black to 1 white'),
    contrast: z.array(bin).describe('standard deviation of its luma, 0 plain to 0.5 half black, half white'),
    longer_side: z.array(bin).describe('pixels'),
    aspect: z.array(bin).describe('width by height'),
    per_class: z.array(
      z.object({
        class: z.string(),
        looked_at: z.number().int(),
        brightness: z.number().nullable(),
        contrast: z.number().nullable(),
        longer_side: z.number().nullable().describe('median'),
        aspect: z.number().nullable().describe('median'),
        mean_image: z
          .string()
          .nullable()
          .describe('data-URL; the mean of the pictures as the network sees them'),
      }),
    ),
  }),
  errors: ['not_found'],
})
