/** One point of a training curve: the measurements of an epoch, which cards and runs both have. */
import { z } from 'zod'

export const epochPoint = z.object({
  epoch: z.number().int(),
  loss: z.number(),
  accuracy: z.number().nullable().describe('on the training batches, after augmentation'),
  val_loss: z.number(),
  val_accuracy: z.number(),
  learning_rate: z.number(),
  images_per_second: z.number(),
  seconds: z.number(),
  is_best: z.boolean(),
})
export type EpochPoint = z.output<typeof epochPoint>
