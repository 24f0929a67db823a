/** Predictions with 8-bit numbers (int8): the file in a bundle that they need, and their figures on the card. */
import { z } from 'zod'
import { interval } from './fields.ts'

/** `int8.json`. The 8-bit numbers themselves follow from the weights and these ranges. */
export const int8File = z.object({
  format: z.literal(1),
  /** by layer, with batch norm folded: the smallest and the largest number of its output */
  ranges: z.record(z.string(), z.tuple([z.number(), z.number()])),
  /** probabilities for each golden input, in their order */
  golden: z.array(z.array(z.number())).length(16),
})
export type Int8File = z.output<typeof int8File>

/** On a card, next to temperature and thresholds that were measured with 8-bit numbers. */
export const int8Figures = {
  /** whether `PRECISION=auto` may serve it */
  is_accepted: z.boolean(),
  /** why not, in a sentence */
  reason: z.string().nullable(),
  /** images that set its ranges; null: they are those of the pretrained network that it starts with */
  ranged: z.number().int().nullable(),
  /** images that it was compared with float32 on: validation and test images, or those given at the import */
  images: z.number().int(),
  /** the share of them that get the same class */
  agreement: z.number().nullable(),
  /** accuracy with float32 minus accuracy with int8, on those that have a label */
  accuracy_lost: interval.nullable(),
  test: z
    .object({
      images: z.number().int(),
      accuracy: interval,
      loss: z.number(),
      ece: z.number().nullable(),
      /** on the test images alone */
      accuracy_lost: interval,
    })
    .nullable(),
}
