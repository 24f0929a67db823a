/** The head of `checkpoint.bin` in the folder of a run: the position of the training, and the lengths of the vectors
 *  that follow. The format is written before it (lib/training/run/checkpoint.ts). */
import { z } from 'zod'
import { epochPoint } from './epoch.ts'

const count = z.number().int().min(0)

const score = z.object({ images: count, right: count, accuracy: z.number(), loss: z.number() })

export const trainingPosition = z.object({
  epoch: z.number().int().min(1),
  stepInEpoch: count,
  lossSum: z.number(),
  right: count,
  seconds: z.number(),
  points: z.array(epochPoint).readonly(),
  best: z.object({ epoch: count, score, which: z.enum(['latest', 'average']) }).nullable(),
})

export const checkpointHead = z.object({
  position: trainingPosition,
  step: count,
  /** Of each vector in order; null when there is none. */
  lengths: z.array(count.nullable()).readonly(),
  /** How many of the vectors are the optimiser's. */
  moments: count,
})
export type CheckpointHead = z.output<typeof checkpointHead>
