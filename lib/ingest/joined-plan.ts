/** One plan for several sets that are uploaded together, and for files that came with their labels. Pure. */
import { counted } from '#lib/domain/text/count-text.ts'
import { countPlan } from '#lib/domain/reading/plan-counts.ts'
import type { PlanSummary, SetPlan } from '#lib/domain/reading/set-plan.ts'

export function joinedPlan(plans: readonly SetPlan[]): PlanSummary {
  const [only] = plans
  if (only !== undefined && plans.length === 1) return only
  const readings = Map.groupBy(
    plans.flatMap((plan) => plan.uncertain),
    ({ reading }) => reading,
  )
  return {
    ...countPlan(plans.flatMap((plan) => plan.placed)),
    notes: plans.flatMap((plan) => plan.notes),
    uncertain: [...readings.values()].map(([first]) => first!),
    missing: plans.flatMap((plan) => plan.missing),
  }
}

export const unlabelledPlan = (images: number): PlanSummary => ({
  ...countPlan([]),
  images,
  sentence: `${counted(images, 'image')} without labels.`,
  notes: [],
  uncertain: [],
  missing: [],
})

export const labelledPlan = (labels: readonly string[]): PlanSummary => ({
  ...countPlan(
    labels.map((label) => ({ path: '', place: { kind: 'image', label, split: null }, isImage: true })),
  ),
  notes: [],
  uncertain: [],
  missing: [],
})
