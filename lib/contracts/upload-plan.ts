/** What a set of images was read as, and how else it can be read. */
import { z } from 'zod'

const plannedClass = z.object({
  class: z.string(),
  count: z.number().int(),
  test: z.number().int().describe('of these, in the test set'),
})

/** At most this many classes in each reading; `class_count` counts all. */
export const MOST_PLANNED_CLASSES = 200

const planCounts = {
  message: z.string().describe('in one sentence: "2 classes: cats (9) and dogs (9), with a test set of 4."'),
  images: z.number().int(),
  class_count: z.number().int(),
  classes: z.array(plannedClass).describe('at most 200'),
}

export const uploadPlan = z.object({
  ...planCounts,
  splits: z.object({
    train: z.number().int(),
    validation: z.number().int(),
    test: z.number().int(),
    unstated: z.number().int().describe('the set names no split: Darkroom chooses it by content'),
  }),
  skipped: z
    .array(z.object({ reason: z.string(), count: z.number().int(), examples: z.array(z.string()) }))
    .describe('files that are not used, by reason'),
  notes: z.array(z.string()).describe('what was guessed'),
  uncertain: z
    .array(
      z.object({
        reading: z.string().describe('send it as `reading` to choose this one'),
        why: z.string(),
        description: z.string(),
        ...planCounts,
      }),
    )
    .describe('other possible readings'),
})
export type UploadPlan = z.output<typeof uploadPlan>
