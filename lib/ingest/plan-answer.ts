/** A plan as the API shows it and as an upload stores it. */
import { MOST_PLANNED_CLASSES, type UploadPlan } from '#lib/contracts/upload-plan.ts'
import type { PlanCounts } from '#lib/domain/reading/plan-counts.ts'
import type { PlanSummary } from '#lib/domain/reading/set-plan.ts'

/** More groups of skipped files are not listed. */
const MOST_SKIPPED = 50

export const planAnswer = (plan: Omit<PlanSummary, 'missing'>): UploadPlan => ({
  ...countsAnswer(plan),
  splits: { ...plan.splits },
  skipped: plan.skipped
    .slice(0, MOST_SKIPPED)
    .map(({ reason, count, examples }) => ({ reason, count, examples: [...examples] })),
  notes: [...plan.notes],
  uncertain: plan.uncertain.map((other) => ({
    reading: other.reading,
    why: other.why,
    description: other.description,
    ...countsAnswer(other),
  })),
})

const countsAnswer = ({ sentence, images, classes }: PlanCounts) => ({
  message: sentence,
  images,
  class_count: classes.length,
  classes: classes
    .slice(0, MOST_PLANNED_CLASSES)
    .map(({ name, count, test }) => ({ class: name, count, test })),
})
