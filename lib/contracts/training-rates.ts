/** The file in DATA_DIR that remembers how fast each engine trains on this machine. */
import { z } from 'zod'

export const trainingRates = z.object({
  format: z.literal(1),
  machine: z.string(),
  /** Images per second by engine; null where it cannot train. */
  rates: z.record(z.string(), z.number().nullable()),
})
export type TrainingRates = z.output<typeof trainingRates>
